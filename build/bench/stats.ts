/** What a row of samples amounts to, in the samples' unit. */
export interface Summary {
  readonly n: number
  readonly min: number
  readonly median: number
  readonly p95: number
  readonly max: number
}

/**
 * Undefined when there is nothing to sum up.
 * @throws {RangeError} for a sample that is not a finite number: a measurement that failed must not pass as one
 */
export function summarise(samples: readonly number[]): Summary | undefined {
  const bad = samples.find((sample) => !Number.isFinite(sample))
  if (bad !== undefined) throw new RangeError(`${bad} is no sample`)
  const sorted = samples.toSorted((a, b) => a - b)
  const [min] = sorted
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) return undefined
  return { n: sorted.length, min, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max }
}

/**
 * Quantile by linear interpolation between the closest ranks (Hyndman and Fan's definition 7, that of R and NumPy).
 * @param sorted ascending, not empty
 * @param q from 0 to 1
 */
export function quantile(sorted: readonly number[], q: number): number {
  const rank = (sorted.length - 1) * q
  const below = sorted[Math.floor(rank)] ?? Number.NaN
  const above = sorted[Math.ceil(rank)] ?? Number.NaN
  return below + (above - below) * (rank - Math.floor(rank))
}
