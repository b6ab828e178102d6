import { type Clock, FleetError } from '@wrale/kernel'

export interface LaneOptions {
  /** Longest that a call may take, ms. */
  readonly timeoutMs: number
  /** After a failure, ms. */
  readonly retryMs: number
  /** Calls again although it worked and nothing changed, ms; never without it. */
  readonly againMs?: number
}

/** Calls of one actuator that never came back: after so many it is not called any more until one does. */
const maxInFlight = 4

/** Brings one actuator to what is wanted, one value at a time, the newest only. It has no timers of its own: `want` is called again and again. */
export class Lane<T> {
  readonly #clock: Clock
  readonly #call: (value: T) => Promise<void>
  readonly #ended: (error: unknown) => void
  readonly #options: LaneOptions
  #wanted: T | undefined
  #applied: { readonly key: string; readonly atMs: number } | undefined
  #failedAtMs: number | undefined
  #running: Promise<void> | undefined
  #inFlight = 0

  /** @param ended told of the outcome of every call: undefined when it worked */
  constructor(
    deps: {
      readonly clock: Clock
      readonly call: (value: T) => Promise<void>
      readonly ended: (error: unknown) => void
    },
    options: LaneOptions,
  ) {
    this.#clock = deps.clock
    this.#call = deps.call
    this.#ended = deps.ended
    this.#options = options
  }

  /** @param after what must be over before the call is made */
  want(value: T | undefined, after: Promise<void>): void {
    this.#wanted = value
    if (value === undefined) this.#applied = undefined
    if (this.#running !== undefined || !this.#isDue()) return
    this.#running = this.#run(after).finally(() => {
      this.#running = undefined
    })
  }

  async idle(): Promise<void> {
    await this.#running
  }

  #isDue(): boolean {
    const { retryMs, againMs } = this.#options
    const nowMs = this.#clock.monotonicMs()
    if (this.#wanted === undefined || this.#inFlight >= maxInFlight) return false
    if (this.#failedAtMs !== undefined) return nowMs - this.#failedAtMs >= retryMs
    if (this.#applied?.key !== JSON.stringify(this.#wanted)) return true
    return againMs !== undefined && nowMs - this.#applied.atMs >= againMs
  }

  async #run(after: Promise<void>): Promise<void> {
    await after
    // A value that changes while a call is under way is applied right after it.
    while (this.#isDue()) {
      const value = this.#wanted
      if (value === undefined) return
      try {
        this.#failedAtMs = undefined
        await this.#bounded(value)
        // What was taken back while it was being done counts as not done, so that it is done again when it is wanted again.
        if (this.#wanted !== undefined) {
          this.#applied = { key: JSON.stringify(value), atMs: this.#clock.monotonicMs() }
        }
        this.#ended(undefined)
      } catch (error) {
        this.#failedAtMs = this.#clock.monotonicMs()
        this.#applied = undefined
        this.#ended(error)
        return
      }
    }
  }

  async #bounded(value: T): Promise<void> {
    this.#inFlight++
    const call = (async () => this.#call(value))().finally(() => this.#inFlight--)
    await withTimeout(this.#clock, call, this.#options.timeoutMs)
  }
}

/** @throws what `call` throws; FleetError TIMEOUT when it takes longer */
export async function withTimeout(clock: Clock, call: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = clock.schedule(timeoutMs, () => reject(new FleetError('TIMEOUT', `no answer within ${timeoutMs} ms`)))
  try {
    await Promise.race([call, promise])
  } finally {
    cancel()
  }
}
