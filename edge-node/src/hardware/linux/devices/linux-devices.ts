import { join } from 'node:path'
import type { Devices } from '../../devices.ts'
import { type LinuxRoots, readTextSync } from '../sysfs.ts'
import { cpuPolicies, LinuxCpu } from './cpu.ts'
import { LinuxFan } from './fan.ts'
import { findFan } from './fan-places.ts'
import { Originals } from './originals.ts'
import { findPowerDown, type LinuxPowerDown } from './power-down.ts'
import { systemPath } from './run-command.ts'
import { findWatchdog, LinuxWatchdog } from './watchdog.ts'

export interface LinuxDevicesOptions {
  /** Where the values that were found are kept until they are put back. Default: in memory only. */
  readonly originalsFile?: string | undefined
  /** Folders of the system's programs. Default: the usual ones. */
  readonly programFolders?: readonly string[] | undefined
}

/** What this machine can be acted on with. Looks again for what was not there; what was found once stays. */
export class LinuxDevices {
  readonly #roots: LinuxRoots
  readonly #programFolders: readonly string[]
  readonly #originals: Originals
  #fan: LinuxFan | undefined
  #cpu: LinuxCpu | undefined
  #powerDown: LinuxPowerDown | undefined
  #watchdog: LinuxWatchdog | undefined

  constructor(roots: LinuxRoots, options: LinuxDevicesOptions = {}) {
    this.#roots = roots
    this.#programFolders = options.programFolders ?? systemPath
    const bootId = readTextSync(join(roots.proc, 'sys/kernel/random/boot_id'))
    this.#originals = new Originals({ file: options.originalsFile, bootId })
  }

  /** Undefined while no fan was found. */
  get fan(): LinuxFan | undefined {
    return this.#fan
  }

  find(): Devices {
    this.#fan ??= this.#findFan()
    this.#cpu ??= this.#findCpu()
    this.#powerDown ??= findPowerDown(this.#roots, this.#programFolders)
    this.#watchdog ??= this.#findWatchdog()
    return {
      ...(this.#fan === undefined ? {} : { fan: this.#fan }),
      ...(this.#cpu === undefined ? {} : { cpu: this.#cpu }),
      ...(this.#powerDown === undefined ? {} : { powerDown: this.#powerDown }),
      ...(this.#watchdog === undefined ? {} : { watchdog: this.#watchdog }),
    }
  }

  #findFan(): LinuxFan | undefined {
    const find = () => findFan(this.#roots.sys)
    const place = find()
    return place === undefined ? undefined : new LinuxFan(place, { find, originals: this.#originals })
  }

  #findCpu(): LinuxCpu | undefined {
    const policies = cpuPolicies(this.#roots.sys)
    return policies.length === 0 ? undefined : new LinuxCpu(policies, { originals: this.#originals })
  }

  #findWatchdog(): LinuxWatchdog | undefined {
    const name = findWatchdog(this.#roots.dev)
    return name === undefined ? undefined : new LinuxWatchdog(this.#roots, name)
  }
}
