/** Outcomes that the loss is a share of. */
const remembered = 20
/** Round trips that the median is of: one that was measured while a member was busy starting should not be shown for long. */
const rememberedTrips = 5
/** A retransmission takes TCP at least 200 ms: what comes so much later than usual was lost once, ms. */
const lateMs = 180
/** Past a promise that was not kept, so long until the peer is asked: a quarter of the promise, but within these bounds, ms. */
const leastGraceMs = 600
const mostGraceMs = 3000

/** What is known of the life at the other end of a link. All times are monotonic ms. */
export class Pulse {
  #heardMs: number
  #promisedMs: number
  #ping: { readonly number: number; readonly sentMs: number; readonly deadlineMs: number } | undefined
  /** Asked of a ping whose answer nothing depends on any more, for the round trip. */
  #echo: { readonly number: number; readonly sentMs: number } | undefined
  readonly #tripsMs: number[] = []
  #rttMs: number | undefined
  readonly #outcomes: boolean[] = []

  constructor(nowMs: number, promisedMs: number) {
    this.#heardMs = nowMs
    this.#promisedMs = promisedMs
  }

  /** Median of the last round trips, of an even number the shorter one in the middle; undefined before there was one. */
  get rttMs(): number | undefined {
    return this.#rttMs
  }

  get heardMs(): number {
    return this.#heardMs
  }

  /** Within which the peer said that it would be heard. */
  get promisedMs(): number {
    return this.#promisedMs
  }

  get isPinged(): boolean {
    return this.#ping !== undefined
  }

  /** Share of the last beats and pings that came late or not at all; undefined before there were any. */
  get lossRatio(): number | undefined {
    const { length } = this.#outcomes
    return length === 0 ? undefined : this.#outcomes.filter((came) => !came).length / length
  }

  heard(nowMs: number): void {
    this.#note(nowMs - this.#heardMs <= this.#promisedMs)
    this.#heardMs = nowMs
    // Whoever speaks lives, though it may be slow to answer.
    this.#ping = undefined
  }

  promised(ms: number): void {
    this.#promisedMs = ms
  }

  pinged(number: number, nowMs: number, withinMs: number): void {
    this.#ping = { number, sentMs: nowMs, deadlineMs: nowMs + withinMs }
    this.#echo = this.#ping
  }

  /** A ping for the round trip alone. */
  sampled(number: number, nowMs: number): void {
    this.#echo = { number, sentMs: nowMs }
  }

  answered(number: number, nowMs: number): void {
    if (this.#echo?.number !== number) return
    const tookMs = nowMs - this.#echo.sentMs
    this.#echo = undefined
    this.#note(tookMs <= (this.#rttMs ?? tookMs) + lateMs)
    this.#tripsMs.push(tookMs)
    if (this.#tripsMs.length > rememberedTrips) this.#tripsMs.shift()
    this.#rttMs = this.#tripsMs.toSorted((a, b) => a - b)[Math.floor((this.#tripsMs.length - 1) / 2)]
  }

  /** This member itself was away for so long: nothing that it did not hear in that time counts. */
  excuse(ms: number): void {
    this.#heardMs += ms
    if (this.#ping !== undefined) this.#ping = { ...this.#ping, deadlineMs: this.#ping.deadlineMs + ms }
  }

  /** When to look again, and what the link is then: to be asked whether it lives, or dead. */
  get due(): { readonly atMs: number; readonly action: 'ask' | 'end' } {
    if (this.#ping !== undefined) return { atMs: this.#ping.deadlineMs, action: 'end' }
    const graceMs = Math.min(mostGraceMs, Math.max(leastGraceMs, this.#promisedMs / 4))
    return { atMs: this.#heardMs + this.#promisedMs + graceMs, action: 'ask' }
  }

  #note(came: boolean): void {
    this.#outcomes.push(came)
    if (this.#outcomes.length > remembered) this.#outcomes.shift()
  }
}
