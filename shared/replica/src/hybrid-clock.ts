import type { Clock } from '@wrale/kernel'
import type { Hlc } from '@wrale/protocol/records'

const maxCounter = 0xffff

/**
 * Hybrid logical clock of one author (Kulkarni et al., "Logical Physical Clocks", 2014): stamps follow the wall clock while that
 * moves forward, and go on counting when it stands still or is set back, so that an author's own stamps are always in order.
 */
export class HybridClock {
  readonly #clock: Clock
  #wallMs = 0
  #counter = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  tick(): Hlc {
    const wallMs = Math.max(0, Math.floor(this.#clock.wallMs()))
    if (wallMs > this.#wallMs) {
      this.#wallMs = wallMs
      this.#counter = 0
    } else if (this.#counter < maxCounter) {
      this.#counter++
    } else {
      this.#wallMs++
      this.#counter = 0
    }
    return [this.#wallMs, this.#counter]
  }
}
