import type { Clock } from '@wrale/kernel'
import type { Hlc } from '@wrale/protocol/records'

const maxCounter = 0xffff

/** How far ahead of this member's own idea of the time a stamp may be, ms. Beyond it, a stamp is not believed. */
export const defaultMaxForwardMs = 10 * 60_000

/**
 * Hybrid logical clock of one author (Kulkarni et al., "Logical Physical Clocks", 2014): stamps follow physical time while that moves
 * forward, go on counting when it stands still or is set back, and always come after every stamp that was observed. The drift
 * forward is bounded: a stamp from far in the future is not observed, so one wrong clock cannot carry the whole fleet with it.
 */
export class HybridClock {
  readonly #clock: Pick<Clock, 'wallMs'>
  readonly #maxForwardMs: number
  #wallMs = 0
  #counter = 0

  constructor(clock: Pick<Clock, 'wallMs'>, maxForwardMs: number = defaultMaxForwardMs) {
    this.#clock = clock
    this.#maxForwardMs = maxForwardMs
  }

  /** A stamp for a new record. */
  tick(): Hlc {
    const wallMs = Math.max(0, Math.floor(this.#clock.wallMs()))
    if (wallMs > this.#wallMs) this.#set(wallMs, 0)
    else if (this.#counter < maxCounter) this.#counter++
    else this.#set(this.#wallMs + 1, 0)
    return [this.#wallMs, this.#counter]
  }

  /** True when the stamp is not further ahead than the bound allows. */
  believes(stamp: Hlc): boolean {
    return stamp[0] <= Math.max(0, this.#clock.wallMs()) + this.#maxForwardMs
  }

  /** Makes later stamps come after this one, unless it is not believed. */
  observe(stamp: Hlc): void {
    if (this.believes(stamp)) this.resume(stamp)
  }

  /** Makes later stamps come after one that was believed in an earlier life, whatever the clock says now. */
  resume(stamp: Hlc): void {
    if (stamp[0] > this.#wallMs || (stamp[0] === this.#wallMs && stamp[1] > this.#counter))
      this.#set(stamp[0], stamp[1])
  }

  #set(wallMs: number, counter: number): void {
    this.#wallMs = wallMs
    this.#counter = counter
  }
}
