import type { Clock } from '@wrale/kernel'

export interface Candidate {
  readonly key: string
  addresses: readonly string[]
  attempts: number
  dueMs: number
}

/** Most stations that are kept in mind. */
const maxCandidates = 32

/** Stations that may be asked, each again after a wait that grows. */
export class Candidates {
  readonly #clock: Clock
  readonly #waitMs: (attempt: number) => number
  readonly #candidates = new Map<string, Candidate>()
  #wake: () => void = () => undefined

  constructor(clock: Clock, waitMs: (attempt: number) => number) {
    this.#clock = clock
    this.#waitMs = waitMs
  }

  /** Hearing of a candidate again does not shorten its wait. */
  add(key: string, addresses: readonly string[]): void {
    const known = this.#candidates.get(key)
    if (known !== undefined) known.addresses = addresses
    else if (this.#candidates.size < maxCandidates) {
      this.#candidates.set(key, { key, addresses, attempts: 0, dueMs: this.#clock.monotonicMs() })
    }
    this.#wake()
  }

  failed(candidate: Candidate): void {
    candidate.dueMs = this.#clock.monotonicMs() + this.#waitMs(candidate.attempts)
    candidate.attempts++
  }

  /** Not to be asked again. */
  exclude(candidate: Candidate): void {
    candidate.dueMs = Number.POSITIVE_INFINITY
  }

  /** Whether there is anyone who may yet be asked. */
  get remain(): boolean {
    return [...this.#candidates.values()].some(({ dueMs }) => Number.isFinite(dueMs))
  }

  /** Waits for the next candidate that is due; undefined when `limitMs` passed or the signal aborted first. */
  async next(signal: AbortSignal, limitMs = Number.POSITIVE_INFINITY): Promise<Candidate | undefined> {
    const endMs = this.#clock.monotonicMs() + limitMs
    for (;;) {
      const nowMs = this.#clock.monotonicMs()
      const soonest = [...this.#candidates.values()].toSorted((a, b) => a.dueMs - b.dueMs)[0]
      if (signal.aborted || nowMs >= endMs) return undefined
      if (soonest !== undefined && soonest.dueMs <= nowMs) return soonest
      await this.#sleep(Math.min(soonest?.dueMs ?? endMs, endMs) - nowMs, signal)
    }
  }

  /** Ends a wait under way. */
  stop(): void {
    this.#candidates.clear()
    this.#wake()
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#wake = wake
    signal.addEventListener('abort', wake, { once: true })
    const cancel = Number.isFinite(ms) ? this.#clock.schedule(ms, wake) : () => undefined
    await promise
    cancel()
    signal.removeEventListener('abort', wake)
  }
}
