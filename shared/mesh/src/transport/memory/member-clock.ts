import type { Cancel, Clock } from '@wrale/kernel'

export interface MemberClockOptions {
  /** What the member's monotonic clock showed when the network's showed 0, ms. Default 0. */
  readonly originMs?: number
  /** Error of its wall clock, ms. Default 0. */
  readonly wallErrorMs?: number
}

/** The clock of one virtual member: its time of day may be wrong, its process may stall, and its timers die with it. */
export class MemberClock implements Clock {
  readonly #base: Clock
  readonly #originMs: number
  #wallErrorMs: number
  #awakeAtMs = Number.NEGATIVE_INFINITY
  #alive = true

  constructor(base: Clock, options: MemberClockOptions = {}) {
    this.#base = base
    this.#originMs = options.originMs ?? 0
    this.#wallErrorMs = options.wallErrorMs ?? 0
  }

  wallMs(): number {
    return this.#base.wallMs() + this.#wallErrorMs
  }

  monotonicMs(): number {
    return this.#base.monotonicMs() + this.#originMs
  }

  schedule(delayMs: number, task: () => void): Cancel {
    let cancel: Cancel
    const run = (): void => {
      if (!this.#alive) return
      if (this.stalledMs > 0) cancel = this.#base.schedule(this.stalledMs, run)
      else task()
    }
    cancel = this.#base.schedule(delayMs, run)
    return () => cancel()
  }

  /** How much longer the process does nothing, ms; 0 as a rule. */
  get stalledMs(): number {
    return Math.max(0, this.#awakeAtMs - this.#base.monotonicMs())
  }

  /** The process does nothing for so long: what falls due meanwhile is late. */
  stall(ms: number): void {
    this.#awakeAtMs = Math.max(this.#awakeAtMs, this.#base.monotonicMs() + ms)
  }

  setWallError(ms: number): void {
    this.#wallErrorMs = ms
  }

  /** The process is gone: none of its timers runs any more. */
  kill(): void {
    this.#alive = false
  }
}
