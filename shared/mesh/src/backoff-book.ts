import { type BackoffOptions, backoffMs, type Clock } from '@wrale/kernel'
import { BoundedMap } from './bounded-map.ts'

interface Entry {
  readonly attempt: number
  readonly untilMs: number
}

/** Remembers whom to leave alone, and for how long: each time longer, with jitter. Bounded; the oldest are forgotten. */
export class BackoffBook {
  readonly #entries: BoundedMap<string, Entry>
  readonly #clock: Clock
  readonly #backoff: BackoffOptions
  readonly #random: () => number

  constructor(
    clock: Clock,
    backoff: BackoffOptions,
    options: { readonly maxEntries: number; readonly random?: () => number },
  ) {
    this.#clock = clock
    this.#backoff = backoff
    this.#entries = new BoundedMap(options.maxEntries)
    this.#random = options.random ?? Math.random
  }

  /** Leaves `key` alone for longer than the last time. @returns for how long, ms */
  defer(key: string): number {
    const last = this.#entries.get(key)
    const nowMs = this.#clock.monotonicMs()
    // Who behaved for as long as the longest wait starts anew.
    const attempt = last === undefined || nowMs - last.untilMs > this.#backoff.maxMs ? 0 : last.attempt + 1
    const waitMs = backoffMs(attempt, this.#backoff, this.#random())
    this.#entries.set(key, { attempt, untilMs: nowMs + waitMs })
    return waitMs
  }

  isDeferred(key: string): boolean {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.untilMs > this.#clock.monotonicMs()
  }

  clear(key: string): void {
    this.#entries.delete(key)
  }
}
