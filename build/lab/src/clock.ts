import { FleetError } from '@wrale/kernel'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The wall clock a process sees: `at` starts it at an instant (ms since the epoch, a Date or an ISO 8601 string; 0 is a boot
 * without a clock), `offsetMs` puts it that far before (negative) or after the real one. It then runs on as real time does.
 */
export type ClockSetting = { readonly at: number | Date | string } | { readonly offsetMs: number }

const adoptionTimeoutMs = 5_000
const pollMs = 5

/** Milliseconds to add to the real clock; INPUT_INVALID for what is no time. */
export function clockOffsetMs(setting: ClockSetting, realMs: number): number {
  const offset = 'offsetMs' in setting ? setting.offsetMs : new Date(setting.at).getTime() - realMs
  if (!Number.isFinite(offset)) throw new FleetError('INPUT_INVALID', 'The clock setting is not a time', {})
  return Math.round(offset)
}

/** The control file that one process's clock is set by. */
export class ClockControl {
  readonly #file: string
  #version = 0

  constructor(file: string, setting: ClockSetting) {
    this.#file = file
    this.#write(setting)
  }

  /** What a Node process must find in its environment to obey this control: `environment` with two variables changed. */
  extend(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const shim = `--import=${import.meta.resolve('./clock-shim.mjs')}`
    const options = environment['NODE_OPTIONS']
    return {
      ...environment,
      WRALE_LAB_CLOCK: this.#file,
      NODE_OPTIONS: options === undefined || options === '' ? shim : `${options} ${shim}`,
    }
  }

  /** Changes the clock of process `pid` and resolves when it has taken it over; TIMEOUT when it does not in 5 s. */
  async set(pid: number, setting: ClockSetting): Promise<void> {
    this.#write(setting)
    const deadline = performance.now() + adoptionTimeoutMs
    while (this.#adopted(pid) < this.#version) {
      if (performance.now() > deadline)
        throw new FleetError(
          'TIMEOUT',
          `Process ${pid} has not taken over its clock: is it frozen, busy or not Node?`,
          { pid },
        )
      await sleep(pollMs)
    }
  }

  #write(setting: ClockSetting): void {
    this.#version += 1
    writeFileSync(this.#file, `${this.#version} ${clockOffsetMs(setting, Date.now())}`)
  }

  #adopted(pid: number): number {
    try {
      return Number(readFileSync(`${this.#file}.${pid}`, 'utf8'))
    } catch {
      return 0
    }
  }
}
