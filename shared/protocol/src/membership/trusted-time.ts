/**
 * How far ahead of everything that the fleet has said a clock may be and still be believed, ms: 400 days. A board may lie in a drawer for
 * a year; a clock that is off by decades is wrong.
 */
const maxAheadMs = 400 * 86_400_000

/**
 * The time by which certificates expire. Nodes have no clock that survives a power cut, so the wall clock alone never decides:
 *
 * - Time is never before the newest moment that the fleet is known to have lived through (the **floor**): that of this member's own certificate,
 *   and the stamps of stations' records. A board that boots in 1970 judges by the floor, so what expired before it stays expired, and nothing else is.
 * - A clock that is further ahead of the floor than 400 days is not believed, and the floor is used in its place: a board that wakes up in 2090 would
 *   otherwise refuse the whole fleet. Nor does a stamp from so far ahead raise the floor.
 *
 * The price: where no believable clock is left at all, certificates expire late, and never early.
 */
export class TrustedTime {
  readonly #clock: { wallMs(): number }
  #floorMs: number

  /** @param floorMs when this member's certificate was signed, ms since the Unix epoch */
  constructor(clock: { wallMs(): number }, floorMs: number) {
    this.#clock = clock
    this.#floorMs = floorMs
  }

  /** The fleet lived at this time. */
  learn(ms: number): void {
    if (ms > this.#floorMs && ms <= this.#floorMs + maxAheadMs) this.#floorMs = ms
  }

  /** Milliseconds since the Unix epoch; never goes below what was learnt. */
  nowMs(): number {
    return this.isClockBelieved ? this.#clock.wallMs() : this.#floorMs
  }

  /** Whether the wall clock agrees with what the fleet is known to have lived through. */
  get isClockBelieved(): boolean {
    const wallMs = this.#clock.wallMs()
    return wallMs >= this.#floorMs && wallMs <= this.#floorMs + maxAheadMs
  }
}
