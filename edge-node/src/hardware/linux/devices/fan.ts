import type { Fan } from '../../devices.ts'
import { wantRatio } from '../../ratio.ts'
import { readText, writeAttribute } from '../sysfs.ts'
import type { FanPlace } from './fan-places.ts'
import { hardwareError } from './hardware-error.ts'
import type { Originals } from './originals.ts'

/** `pwmN_enable`: the duty is what is written. */
const manual = '1'

/** The fan of this machine, through an attribute of the kernel. */
export class LinuxFan implements Fan {
  readonly #find: () => FanPlace | undefined
  readonly #originals: Originals
  #place: FanPlace
  #asked: number | undefined
  /** Calls wait for one another: a slow chip must not see an old duty after a new one. */
  #last: Promise<unknown> = Promise.resolve()

  /** @param deps.find looks for the fan anew: devices of the kernel get other numbers when a driver is loaded again */
  constructor(place: FanPlace, deps: { readonly find: () => FanPlace | undefined; readonly originals: Originals }) {
    this.#place = place
    this.#find = deps.find
    this.#originals = deps.originals
  }

  get name(): string {
    return this.#place.name
  }

  get askedDuty(): number | undefined {
    return this.#asked
  }

  async setDuty(ratio: number): Promise<void> {
    wantRatio('fan duty', ratio)
    await this.#inTurn(async () => {
      try {
        await this.#set(ratio)
      } catch (error) {
        const moved = this.#find()
        if (moved === undefined || moved.path === this.#place.path)
          throw hardwareError(`the fan ${this.name} cannot be set`, error)
        this.#place = moved
        await this.#set(ratio).catch((again: unknown) => {
          throw hardwareError(`the fan ${this.name} cannot be set`, again)
        })
      }
      this.#asked = ratio
    })
  }

  /** Turns it up again where something else turned it down below what was asked. What the kernel wants above that is left. */
  async hold(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#asked === undefined) return
      const { path, max } = this.#place
      const now = Number(await readText(path))
      if (now < valueOf(this.#asked, max)) await this.#set(this.#asked)
    }).catch(() => undefined)
  }

  async release(): Promise<void> {
    await this.#inTurn(async () => {
      const { modePath } = this.#place
      this.#asked = undefined
      const before = modePath === undefined ? undefined : this.#originals.of(modePath)
      if (modePath === undefined || before === undefined) return
      try {
        await writeAttribute(modePath, before)
        this.#originals.forget(modePath)
      } catch (error) {
        throw hardwareError(`the fan ${this.name} cannot be given back`, error)
      }
    })
  }

  async #set(ratio: number): Promise<void> {
    const { modePath, path, max } = this.#place
    if (modePath !== undefined) {
      const mode = await readText(modePath)
      if (mode !== undefined && mode !== manual) this.#originals.keep(modePath, mode)
      if (mode !== manual) await writeAttribute(modePath, manual)
    }
    await writeAttribute(path, String(valueOf(ratio, max)))
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(task)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}

/** Of few steps the next above is taken, for cool is safe; of many the nearest. */
function valueOf(ratio: number, max: number): number {
  return max < 100 ? Math.ceil(ratio * max - 1e-9) : Math.round(ratio * max)
}
