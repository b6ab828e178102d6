import type { Measurement } from './context.ts'
import { summarise, type Summary } from './stats.ts'

/** One line of `npm run bench`. `value` is the median. */
export interface BenchLine extends Summary {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly peer?: Summary & { readonly name: string; readonly value: number }
  /** `value` divided by the peer's; absent where that is 0. */
  readonly ratio?: number
}

/** Significant digits kept of fractions: more would be noise. Counts stay as they are. */
const DIGITS = 6

/** Undefined for a measurement without samples. */
export function benchLine({ name, unit, samples, peer }: Measurement): BenchLine | undefined {
  const own = summarise(samples)
  if (own === undefined) return undefined
  const other = peer && summarise(peer.samples)
  return {
    name,
    value: round(own.median),
    unit,
    ...rounded(own),
    ...(peer && other && { peer: { name: peer.name, value: round(other.median), ...rounded(other) } }),
    ...(other && other.median !== 0 && { ratio: round(own.median / other.median) }),
  }
}

function rounded({ n, min, median, p95, max }: Summary): Summary {
  return { n, min: round(min), median: round(median), p95: round(p95), max: round(max) }
}

function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))
}
