import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toFleetError } from '@wrale/kernel'
import type { PowerDownPort } from '../../devices.ts'
import { type LinuxRoots, readTextSync } from '../sysfs.ts'
import { findProgram, runProgram } from './run-command.ts'

/** Names of process 1 on systems that a program can shut down. In a container it is another, and there is nothing to shut down. */
const initNames = /^(systemd|init|openrc-init|runit|s6-svscan|dinit|finit|procd|busybox)$/
const timeoutMs = 10_000

interface Way {
  readonly name: string
  readonly path: string
  readonly args: (reason: string) => readonly string[]
}

/** How this machine is shut down cleanly; undefined where that is not known. */
export function findPowerDown(
  roots: Pick<LinuxRoots, 'proc' | 'run'>,
  folders: readonly string[],
): LinuxPowerDown | undefined {
  const way = existsSync(join(roots.run, 'systemd/system')) ? systemd(folders) : classic(roots, folders)
  return way === undefined ? undefined : new LinuxPowerDown(way)
}

function systemd(folders: readonly string[]): Way | undefined {
  const path = findProgram('systemctl', folders)
  // `--no-block`: this process is one of those that the shutdown waits for.
  const args = (reason: string) => ['poweroff', '--no-block', '--no-wall', `--message=${reason}`]
  return path === undefined ? undefined : { name: 'systemctl poweroff', path, args }
}

function classic(roots: Pick<LinuxRoots, 'proc'>, folders: readonly string[]): Way | undefined {
  if (!initNames.test(readTextSync(join(roots.proc, '1/comm')) ?? '')) return undefined
  const shutdown = findProgram('shutdown', folders)
  if (shutdown !== undefined)
    return { name: 'shutdown -h now', path: shutdown, args: (reason) => ['-h', 'now', reason] }
  const poweroff = findProgram('poweroff', folders)
  return poweroff === undefined ? undefined : { name: 'poweroff', path: poweroff, args: () => [] }
}

/** Shuts this machine down through its init system, which ends services, this daemon among them, and unmounts disks. */
export class LinuxPowerDown implements PowerDownPort {
  readonly name: string
  readonly #way: Way

  constructor(way: Way) {
    this.name = way.name
    this.#way = way
  }

  async powerDown(reason: string): Promise<void> {
    try {
      await runProgram(this.#way.path, this.#way.args(reason), timeoutMs)
    } catch (error) {
      throw toFleetError(error, 'UNAVAILABLE')
    }
  }
}
