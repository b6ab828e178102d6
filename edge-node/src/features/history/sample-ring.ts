/** Samples before room for more is made. */
const smallest = 64

/** The newest samples of one metric, 16 bytes each, in memory that grows by doubling up to a bound; past it the oldest go. */
export class SampleRing {
  readonly #maxSamples: number
  #times = new Float64Array(0)
  #values = new Float64Array(0)
  #first = 0
  #length = 0

  /** @param maxSamples 1 or more */
  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples
  }

  get length(): number {
    return this.#length
  }

  /** Memory that it holds. */
  get bytes(): number {
    return this.#times.byteLength + this.#values.byteLength
  }

  /** @returns false when the oldest sample had to go for it */
  push(atMs: number, value: number): boolean {
    if (this.#length === this.#times.length && this.#length < this.#maxSamples) this.#grow()
    const isFull = this.#length === this.#times.length
    const place = (this.#first + this.#length) % this.#times.length
    this.#times[place] = atMs
    this.#values[place] = value
    if (isFull) this.#first = (this.#first + 1) % this.#times.length
    else this.#length++
    return !isFull
  }

  /** Times and values, oldest first, as copies. */
  columns(): readonly [Float64Array, Float64Array] {
    return [this.#straight(this.#times, this.#length), this.#straight(this.#values, this.#length)]
  }

  clear(): void {
    this.#first = 0
    this.#length = 0
  }

  #grow(): void {
    const capacity = Math.min(this.#maxSamples, Math.max(smallest, this.#times.length * 2))
    this.#times = this.#straight(this.#times, capacity)
    this.#values = this.#straight(this.#values, capacity)
    this.#first = 0
  }

  #straight(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
    const to = new Float64Array(capacity)
    const untilEnd = Math.min(this.#length, from.length - this.#first)
    to.set(from.subarray(this.#first, this.#first + untilEnd))
    to.set(from.subarray(0, this.#length - untilEnd), untilEnd)
    return to
  }
}
