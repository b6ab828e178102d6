import { maxRows, type Series } from './codec.ts'

/** What is known of the samples of one metric in one step of time. Values are whole steps of the metric. */
export interface Totals {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly sum: number
}

/** Totals by the start of their step, ms since the Unix epoch. */
export type TotalsByStep = Map<number, Totals>

/** Tiers: single samples as [time, value], and totals as [start, count, min, max, sum]. */
export const tiers = { samples: 0, totals: 1 } as const
export type Tier = (typeof tiers)[keyof typeof tiers]

/**
 * Adds a series to the totals of a longer step: totals add up whatever the order in which they come.
 * @param range samples and totals outside of it, end excluded, are left out
 */
export function addSeries(
  into: TotalsByStep,
  { columns }: Pick<Series, 'columns'>,
  tier: Tier,
  stepMs: number,
  range: { readonly fromMs: number; readonly toMs: number } = { fromMs: -Infinity, toMs: Infinity },
): void {
  const [times = new Float64Array(0), second] = columns
  const isTotals = tier === tiers.totals
  const [counts, mins, maxs, sums] = isTotals ? columns.slice(1) : [undefined, second, second, second]
  for (const [row, atMs] of times.entries()) {
    if (atMs < range.fromMs || atMs >= range.toMs) continue
    const startMs = Math.floor(atMs / stepMs) * stepMs
    const before = into.get(startMs)
    const value = {
      count: isTotals ? (counts?.[row] ?? 0) : 1,
      min: mins?.[row] ?? 0,
      max: maxs?.[row] ?? 0,
      sum: sums?.[row] ?? 0,
    }
    into.set(startMs, before === undefined ? value : join(before, value))
  }
}

function join(a: Totals, b: Totals): Totals {
  return { count: a.count + b.count, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), sum: a.sum + b.sum }
}

/** Totals as the columns of a series, in order of time; the newest of more than a series holds. */
export function columnsOf(totals: TotalsByStep): Float64Array[] {
  const rows = [...totals].toSorted(([a], [b]) => a - b).slice(-maxRows)
  return [
    Float64Array.from(rows, ([startMs]) => startMs),
    Float64Array.from(rows, ([, { count }]) => count),
    Float64Array.from(rows, ([, { min }]) => min),
    Float64Array.from(rows, ([, { max }]) => max),
    Float64Array.from(rows, ([, { sum }]) => sum),
  ]
}
