import type { Clock } from '@wrale/kernel'
import { BoundedMap } from './bounded-map.ts'

export interface RateLimit {
  /** How many may come at once. */
  readonly burst: number
  /** How many a minute are given back, up to the burst. */
  readonly perMinute: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Token buckets by key. Holds a bounded number of keys; a forgotten key starts with a full bucket. */
export class RateLimiter {
  readonly #buckets: BoundedMap<string, Bucket>
  readonly #clock: Clock
  readonly #limit: RateLimit

  constructor(clock: Clock, limit: RateLimit, maxKeys = 1024) {
    this.#clock = clock
    this.#limit = limit
    this.#buckets = new BoundedMap(maxKeys)
  }

  /** @returns whether there was a token to take */
  take(key: string): boolean {
    const bucket = this.#bucket(key)
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    this.#buckets.set(key, bucket)
    return allowed
  }

  /** Returns a token that was taken for something that turned out to be in order. */
  giveBack(key: string): void {
    const bucket = this.#bucket(key)
    bucket.tokens = Math.min(this.#limit.burst, bucket.tokens + 1)
    this.#buckets.set(key, bucket)
  }

  #bucket(key: string): Bucket {
    const nowMs = this.#clock.monotonicMs()
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return { tokens: this.#limit.burst, atMs: nowMs }
    const earned = ((nowMs - bucket.atMs) / 60_000) * this.#limit.perMinute
    return { tokens: Math.min(this.#limit.burst, bucket.tokens + earned), atMs: nowMs }
  }
}
