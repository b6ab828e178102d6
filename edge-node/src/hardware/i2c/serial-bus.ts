import { backoffMs, type Clock, Emitter, FleetError, type Signal, type Startable } from '@wrale/kernel'
import type { I2cAdapter } from './adapter.ts'
import { firstI2cAddress, type I2cBus, type I2cBusState, type I2cScan, lastI2cAddress, maxBlockBytes } from './bus.ts'
import { faultOf, faultOfThrown, i2cError } from './faults.ts'

export interface SerialBusOptions {
  /**
   * How long one transfer may take, milliseconds. Default 1,500. On the wires it is 3 ms (33 bytes at 100 kHz); the kernel gives up after a
   * second by itself (`i2c_adapter.timeout`), which leaves nothing stuck; and a transfer waits for a thread while a slow SD card holds them.
   */
  readonly deadlineMs?: number
  /** Wait after the first transfer that hung, milliseconds. Default 1,000. */
  readonly firstRetryMs?: number
  /** Longest wait between tries of a hung bus, milliseconds. Default 60,000. */
  readonly maxRetryMs?: number
  /** Transfers that may wait for the bus. Default 256, room for a scan and every sensor. */
  readonly maxWaiting?: number
  /** Spreads the waits. Default Math.random. */
  readonly random?: () => number
}

/**
 * An adapter with order, deadlines and a memory of hanging.
 *
 * A transfer that hangs sits in the kernel and holds one of the few threads that Node does its file work with. So nothing is asked of the
 * adapter while an earlier transfer has not returned, however long that takes: a dead bus costs one thread and not all of them.
 */
export class SerialBus implements I2cBus, Startable {
  readonly #adapter: I2cAdapter
  readonly #clock: Clock
  readonly #options: Required<SerialBusOptions>
  readonly #changes = new Emitter<I2cBusState>()
  #state: I2cBusState = { condition: 'unknown' }
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0
  /** The transfer that went past its deadline and has not returned yet. */
  #stuck: Promise<void> | undefined
  #stopped = false

  constructor(deps: { readonly adapter: I2cAdapter; readonly clock: Clock }, options: SerialBusOptions = {}) {
    this.#adapter = deps.adapter
    this.#clock = deps.clock
    this.#options = {
      deadlineMs: options.deadlineMs ?? 1500,
      firstRetryMs: options.firstRetryMs ?? 1000,
      maxRetryMs: options.maxRetryMs ?? 60_000,
      maxWaiting: options.maxWaiting ?? 256,
      random: options.random ?? Math.random,
    }
  }

  get name(): string {
    return this.#adapter.name
  }

  get state(): I2cBusState {
    return this.#state
  }

  get changes(): Signal<I2cBusState> {
    return this.#changes
  }

  start(): Promise<void> {
    this.#stopped = false
    return Promise.resolve()
  }

  /** Waiting transfers are refused; the one under way is given until its deadline. What hangs in the kernel stays there: nothing can end it. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.#tail
    if (this.#stuck === undefined) await this.#adapter.close()
    // A handle must not be closed under a transfer.
    else void this.#stuck.then(() => this.#adapter.close())
  }

  async readByte(address: number, register: number): Promise<number> {
    within('register', register, 0, 0xff)
    return this.#transfer(address, () => this.#adapter.readByte(address, register))
  }

  async writeByte(address: number, register: number, value: number): Promise<void> {
    within('register', register, 0, 0xff)
    within('value', value, 0, 0xff)
    return this.#transfer(address, () => this.#adapter.writeByte(address, register, value))
  }

  async readWord(address: number, register: number): Promise<number> {
    within('register', register, 0, 0xff)
    return swapBytes(await this.#transfer(address, () => this.#adapter.readWord(address, register)))
  }

  async writeWord(address: number, register: number, value: number): Promise<void> {
    within('register', register, 0, 0xff)
    within('value', value, 0, 0xffff)
    return this.#transfer(address, () => this.#adapter.writeWord(address, register, swapBytes(value)))
  }

  async readBlock(address: number, register: number, length: number): Promise<Uint8Array> {
    within('register', register, 0, 0xff)
    within('length', length, 1, maxBlockBytes)
    return this.#transfer(address, () => this.#adapter.readBlock(address, register, length))
  }

  async receiveByte(address: number): Promise<number> {
    return this.#transfer(address, () => this.#adapter.receiveByte(address))
  }

  async sendByte(address: number, value: number): Promise<void> {
    within('value', value, 0, 0xff)
    return this.#transfer(address, () => this.#adapter.sendByte(address, value))
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    within('length', length, 1, maxBlockBytes)
    return this.#transfer(address, () => this.#adapter.read(address, length))
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    within('length', bytes.length, 1, maxBlockBytes)
    const own = bytes.slice()
    return this.#transfer(address, () => this.#adapter.write(address, own))
  }

  async scan(): Promise<I2cScan> {
    const answered: number[] = []
    const held: number[] = []
    const undecided: number[] = []
    for (let address = firstI2cAddress; address <= lastI2cAddress; address++) {
      try {
        await this.receiveByte(address)
        answered.push(address)
      } catch (error) {
        const fault = faultOf(error)
        if (fault === 'held') held.push(address)
        else if (fault === 'failed') undecided.push(address)
        else if (fault !== 'no-answer') throw error
      }
    }
    return { answered, held, undecided }
  }

  async #transfer<T>(address: number, run: () => Promise<T>): Promise<T> {
    within('address', address, firstI2cAddress, lastI2cAddress)
    if (this.#waiting >= this.#options.maxWaiting) throw i2cError('overloaded', { bus: this.name, address })
    this.#waiting++
    const turn = this.#tail.then(() => this.#attempt(address, run))
    this.#tail = turn.then(nothing, nothing)
    try {
      return await turn
    } finally {
      this.#waiting--
    }
  }

  async #attempt<T>(address: number, run: () => Promise<T>): Promise<T> {
    const place = { bus: this.name, address }
    if (this.#stopped) throw i2cError('stopped', place)
    if (this.#isResting()) throw i2cError('hung', place)
    try {
      const value = await this.#withDeadline(run(), address)
      this.#become({ condition: 'ok' })
      return value
    } catch (thrown) {
      if (thrown instanceof FleetError) throw thrown
      const { fault, errno } = faultOfThrown(thrown)
      this.#note(fault, errno)
      throw i2cError(fault, place, errno, thrown)
    }
  }

  /** While nothing may be asked of the adapter. */
  #isResting(): boolean {
    if (this.#stuck !== undefined) return true
    return this.#state.condition === 'hung' && this.#clock.monotonicMs() < this.#state.retryAtMs
  }

  #withDeadline<T>(transfer: Promise<T>, address: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const cancel = this.#clock.schedule(this.#options.deadlineMs, () => {
        this.#hang()
        this.#stuck = transfer.then(nothing, nothing).then(() => {
          this.#stuck = undefined
        })
        reject(i2cError('hung', { bus: this.name, address }))
      })
      void transfer.then(resolve, reject).finally(cancel)
    })
  }

  /** What a failed transfer says about the bus. One that failed in time shows that the bus works. */
  #note(fault: ReturnType<typeof faultOfThrown>['fault'], errno: string | undefined): void {
    if (fault === 'hung') this.#hang()
    else if (fault === 'bus-absent' || fault === 'forbidden')
      this.#become({ condition: 'absent', reason: errno === undefined ? fault : `${fault}: ${errno}` })
    else this.#become({ condition: 'ok' })
  }

  #hang(): void {
    const now = this.#clock.monotonicMs()
    const before = this.#state.condition === 'hung' ? this.#state : undefined
    const attempts = (before?.attempts ?? 0) + 1
    const { firstRetryMs, maxRetryMs, random } = this.#options
    const waitMs = backoffMs(attempts - 1, { firstMs: firstRetryMs, maxMs: maxRetryMs }, random())
    this.#become({ condition: 'hung', sinceMs: before?.sinceMs ?? now, retryAtMs: now + waitMs, attempts })
  }

  #become(state: I2cBusState): void {
    const before = this.#state
    this.#state = state
    const isSame =
      state.condition === before.condition &&
      state.condition !== 'hung' &&
      (state.condition !== 'absent' || (before.condition === 'absent' && state.reason === before.reason))
    if (!isSame) this.#changes.emit(state)
  }
}

/** The two bytes of a word in the other order. */
export function swapBytes(word: number): number {
  return ((word & 0xff) << 8) | ((word >> 8) & 0xff)
}

function within(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new FleetError('INPUT_INVALID', `I2C ${what} must be a whole number from ${min} to ${max}`, { value })
}

function nothing(): void {}
