import type { Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'

/** Members whose clocks are remembered. */
const maxSamples = 64
/** A clock that was not heard of for so long does not count, ms: its link is gone. */
const sampleAgeMs = 900_000
/** Ms by which the estimate is corrected in a second, at most. */
const slewMsPerSecond = 100
/** So long after the first peer's clock is known, the estimate follows at once: it knows no better yet, ms. */
const settlingMs = 30_000

interface Sample {
  /** What the clock shows when this member's monotonic clock shows 0. */
  readonly offsetMs: number
  readonly atMs: number
}

/**
 * The time of day as the fleet has it, for machines without a battery-backed clock: the median of the clocks that are believed, this
 * machine's own among them. A clock that shows a time before something that is known to have happened (the floor) is not believed. Nobody
 * should trust or order by it; it makes stamps comparable and dates readable.
 */
export class FleetClock {
  readonly #clock: Clock
  readonly #samples = new Map<PeerIdText, Sample>()
  #floorMs: number
  /** The floor when the monotonic clock showed 0, had time run since. */
  #floorOffsetMs: number
  #estimate: { offsetMs: number; atMs: number } | undefined
  #peersSinceMs: number | undefined

  /** @param floorMs a time that has passed for certain, ms since the Unix epoch */
  constructor(clock: Clock, floorMs = 0) {
    this.#clock = clock
    this.#floorMs = floorMs
    this.#floorOffsetMs = floorMs - clock.monotonicMs()
  }

  /** Fleet time, ms since the Unix epoch. Never before the floor; without any clock that is believed it runs on from there. */
  wallMs(): number {
    const nowMs = this.#clock.monotonicMs()
    const offsetMs = this.#follow(nowMs) ?? this.#floorOffsetMs
    return Math.max(this.#floorMs, nowMs + offsetMs)
  }

  /** Whether any clock is believed; if not, `wallMs` is only a lower bound. */
  get isKnown(): boolean {
    return this.#target(this.#clock.monotonicMs()) !== undefined
  }

  /** This machine's wall clock minus fleet time, ms; undefined when fleet time is not known. */
  get ownErrorMs(): number | undefined {
    return this.isKnown ? this.#clock.wallMs() - this.wallMs() : undefined
  }

  /** This time has passed: a certificate is valid from then, a record was stamped then. */
  raiseFloor(wallMs: number): void {
    if (wallMs <= this.#floorMs) return
    this.#floorMs = wallMs
    this.#floorOffsetMs = Math.max(this.#floorOffsetMs, wallMs - this.#clock.monotonicMs())
  }

  /** A peer's clock showed this, so many ms ago. */
  observe(peer: PeerIdText, wallMs: number, agoMs = 0): void {
    const nowMs = this.#clock.monotonicMs()
    this.#samples.delete(peer)
    this.#samples.set(peer, { offsetMs: wallMs + agoMs - nowMs, atMs: nowMs })
    for (const oldest of this.#samples.keys()) {
      if (this.#samples.size <= maxSamples) break
      this.#samples.delete(oldest)
    }
    if (this.#peersSinceMs === undefined && this.#votes(nowMs).length > 0) this.#peersSinceMs = nowMs
    this.#follow(nowMs)
  }

  /** The clocks of peers that are believed. */
  #votes(nowMs: number): number[] {
    const votes: number[] = []
    for (const [peer, sample] of this.#samples) {
      if (nowMs - sample.atMs > sampleAgeMs) this.#samples.delete(peer)
      else if (sample.offsetMs + nowMs >= this.#floorMs) votes.push(sample.offsetMs)
    }
    return votes
  }

  #target(nowMs: number): number | undefined {
    const votes = this.#votes(nowMs)
    const ownMs = this.#clock.wallMs()
    if (ownMs >= this.#floorMs) votes.push(ownMs - nowMs)
    votes.sort((a, b) => a - b)
    // Of two, the earlier: a clock that is ahead does more harm, for the floor follows it.
    return votes[Math.floor((votes.length - 1) / 2)]
  }

  /** Moves the estimate towards what the clocks say. */
  #follow(nowMs: number): number | undefined {
    const target = this.#target(nowMs)
    if (target === undefined) return this.#estimate?.offsetMs
    const known = this.#estimate
    const settling = this.#peersSinceMs !== undefined && nowMs - this.#peersSinceMs < settlingMs
    if (known === undefined || settling) {
      this.#estimate = { offsetMs: target, atMs: nowMs }
      return target
    }
    const mostMs = ((nowMs - known.atMs) / 1000) * slewMsPerSecond
    const offsetMs = known.offsetMs + Math.max(-mostMs, Math.min(mostMs, target - known.offsetMs))
    this.#estimate = { offsetMs, atMs: nowMs }
    return offsetMs
  }
}
