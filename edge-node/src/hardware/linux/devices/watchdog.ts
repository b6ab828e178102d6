import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import type { Watchdog, WatchdogCondition, WatchdogState } from '../../devices.ts'
import { type LinuxRoots, listSync, readTextSync } from '../sysfs.ts'
import { hardwareError } from './hardware-error.ts'

/** Anything but the letter that disarms. */
const food = '\0'
const magicClose = 'V'
/** `WDIOF_CARDRESET`: the driver can tell, and tells, that the last reset was the watchdog's (kernel: Documentation/watchdog/watchdog-api). */
const cardReset = 0x20

/** Name of the first watchdog's file in /dev; undefined when there is none. Of the two names of one, the newer. */
export function findWatchdog(devRoot: string): string | undefined {
  const names = listSync(devRoot)
  return names.find((name) => /^watchdog\d+$/.test(name)) ?? names.find((name) => name === 'watchdog')
}

/** The watchdog of this machine. Opening its file arms it, writing feeds it, and `V` before closing disarms it. */
export class LinuxWatchdog implements Watchdog {
  readonly name: string
  readonly #path: string
  readonly #about: string
  #file: FileHandle | undefined
  #failure: string | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(roots: Pick<LinuxRoots, 'dev' | 'sys'>, name: string) {
    this.#path = join(roots.dev, name)
    this.#about = join(roots.sys, 'class/watchdog', name === 'watchdog' ? 'watchdog0' : name)
    const identity = readTextSync(join(this.#about, 'identity'))
    this.name = identity === undefined ? name : `${name} ${identity}`
  }

  get state(): WatchdogState {
    const attribute = (name: string): number | undefined => {
      const text = readTextSync(join(this.#about, name))
      return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text)
    }
    const timeoutSeconds = attribute('timeout')
    const noWayOut = attribute('nowayout')
    const abilities = attribute('options') ?? 0
    const bootStatus = (abilities & cardReset) === 0 ? undefined : attribute('bootstatus')
    return {
      condition: this.#condition(),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(noWayOut === undefined ? {} : { noWayOut: noWayOut !== 0 }),
      ...(bootStatus === undefined ? {} : { causedLastReset: (bootStatus & cardReset) !== 0 }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    }
  }

  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#file === undefined) await this.#open()
    })
  }

  feed(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#condition() === 'closed') throw new FleetError('CONFLICT', 'the watchdog is not open')
      if (this.#file === undefined) await this.#open()
      try {
        await this.#file?.write(food)
        this.#failure = undefined
      } catch (error) {
        throw await this.#fail(hardwareError('the watchdog takes no food', error))
      }
    })
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      const file = this.#file
      this.#file = undefined
      this.#failure = undefined
      if (file === undefined) return
      try {
        await file.write(magicClose)
      } catch (error) {
        throw hardwareError('the watchdog could not be disarmed', error)
      } finally {
        await file.close().catch(() => undefined)
      }
    })
  }

  #condition(): WatchdogCondition {
    if (this.#failure !== undefined) return 'failed'
    return this.#file === undefined ? 'closed' : 'armed'
  }

  async #open(): Promise<void> {
    try {
      this.#file = await open(this.#path, constants.O_WRONLY)
    } catch (error) {
      const why = errnoOf(error) === 'EBUSY' ? 'another process has the watchdog' : 'the watchdog cannot be opened'
      const failed = hardwareError(why, error)
      throw this.#failure === undefined ? failed : await this.#fail(failed)
    }
  }

  /** The machine resets unless the next try succeeds in time. A file that is dead is let go, without the letter that disarms. */
  async #fail(error: FleetError): Promise<FleetError> {
    const file = this.#file
    this.#file = undefined
    this.#failure = error.message
    await file?.close().catch(() => undefined)
    return new FleetError('UNAVAILABLE', error.message, error.meta, { cause: error })
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(task)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
