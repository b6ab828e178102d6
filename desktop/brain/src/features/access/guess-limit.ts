import { type Clock, FleetError } from '@wrale/kernel'

/** Wrong attempts that one caller may make in a minute, and all callers together. */
const perCaller = 10
const overall = 100
const windowMs = 60_000
const maxCallers = 1024

/** Slows down guessing. Only failures count, so that a caller with the right secret is never held up by those before it. */
export class GuessLimit {
  readonly #clock: Clock
  readonly #failures = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws FleetError RATE_LIMITED when `caller` (its address) must wait */
  check(caller: string): void {
    this.#forget()
    const own = this.#failures.get(caller)?.length ?? 0
    let all = 0
    for (const times of this.#failures.values()) all += times.length
    if (own >= perCaller || all >= overall) {
      throw new FleetError('RATE_LIMITED', 'too many failed attempts: wait a minute')
    }
  }

  failed(caller: string): void {
    const times = this.#failures.get(caller) ?? []
    if (times.length === 0 && this.#failures.size >= maxCallers) return
    this.#failures.set(caller, [...times, this.#clock.monotonicMs()].slice(-perCaller))
  }

  #forget(): void {
    const since = this.#clock.monotonicMs() - windowMs
    for (const [caller, times] of this.#failures) {
      const kept = times.filter((at) => at > since)
      if (kept.length === 0) this.#failures.delete(caller)
      else this.#failures.set(caller, kept)
    }
  }
}
