import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { FleetError } from '@wrale/kernel'
import type { CpuLimit } from '../../devices.ts'
import { wantRatio } from '../../ratio.ts'
import { listSync, readText, readTextSync, writeAttribute } from '../sysfs.ts'
import { hardwareError } from './hardware-error.ts'
import type { Originals } from './originals.ts'

/**
 * The kernel takes a limit at once and shows it only when a worker of its own has got to it; until then the old one is read. With a thermal
 * limit below ours it never shows: then it is not waited for any longer.
 */
const shown = { lookMs: 2, lookTimes: 100 } as const

/** Groups of processors with one speed each, which can be limited (kernel: Documentation/admin-guide/pm/cpufreq). */
export function cpuPolicies(sysRoot: string): readonly string[] {
  const folder = join(sysRoot, 'devices/system/cpu/cpufreq')
  return listSync(folder)
    .filter((name) => /^policy\d+$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => Number(readTextSync(join(path, 'scaling_max_freq'))) > 0)
}

/** The speed that the processors of this machine may go at, through cpufreq. */
export class LinuxCpu implements CpuLimit {
  readonly name: string
  readonly #policies: readonly string[]
  readonly #originals: Originals
  #asked = 1
  #last: Promise<unknown> = Promise.resolve()

  constructor(policies: readonly string[], deps: { readonly originals: Originals }) {
    this.name = `cpufreq ${policies.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(' ')}`
    this.#policies = policies
    this.#originals = deps.originals
  }

  get askedRatio(): number {
    return this.#asked
  }

  async setLimit(ratio: number): Promise<void> {
    if (wantRatio('processor limit', ratio) === 0)
      throw new FleetError('INPUT_INVALID', 'a processor limit must be above 0', { ratio })
    await this.#each((path) => this.#limit(path, ratio))
    this.#asked = ratio
  }

  async release(): Promise<void> {
    await this.#each((path) => this.#limit(path, 1))
    this.#asked = 1
  }

  /** All are tried, so that one that fails does not leave the others hot. */
  async #each(task: (path: string) => Promise<void>): Promise<void> {
    const all = this.#last.then(() => Promise.allSettled(this.#policies.map(task)))
    this.#last = all
    const failed = (await all).find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw hardwareError('the processor cannot be limited', failed.reason)
  }

  async #limit(policy: string, ratio: number): Promise<void> {
    const path = join(policy, 'scaling_max_freq')
    const now = await readText(path)
    const known = this.#originals.of(path)
    if (ratio === 1 && known === undefined) return
    const before = this.#originals.keep(path, known ?? wantSpeed(now))
    const least = Number(await readText(join(policy, 'scaling_min_freq'))) || 0
    const target = ratio === 1 ? before : String(Math.max(least, Math.round(Number(before) * ratio)))
    await writeAttribute(path, target)
    await untilShown(path, { target, before: now })
    if (ratio === 1) this.#originals.forget(path)
  }
}

/** Drivers that have only some speeds show the nearest: any change will do. */
async function untilShown(path: string, { target, before }: { target: string; before: string | undefined }) {
  for (let look = 0; look < shown.lookTimes; look++) {
    const now = await readText(path)
    if (now === target || now !== before) return
    await pause(shown.lookMs)
  }
}

function wantSpeed(text: string | undefined): string {
  if (text !== undefined && Number(text) > 0) return text
  throw new FleetError('UNAVAILABLE', 'the processor does not say what speed it may go at')
}
