import { metricCatalogue, type MetricName, type Readings } from '@wrale/protocol'
import type { MetricsAnswer } from '@wrale/protocol/api'

/** [milliseconds since the Unix epoch by the station's clock, value], by rising time. */
export type Point = readonly [atMs: number, value: number]
export type History = ReadonlyMap<MetricName, readonly Point[]>

export function historyOf(answer: MetricsAnswer): History {
  return new Map(answer.series.map(({ metric, points }) => [metric, points]))
}

/**
 * Adds what the node said just now, and lets go of what is before `fromMs`. A point not after the last one is left out:
 * the history already holds it.
 */
export function appendReadings(history: History, atMs: number, readings: Readings, fromMs: number): History {
  const result = new Map<MetricName, readonly Point[]>()
  for (const [metric, points] of history) result.set(metric, trimmed(points, fromMs))
  for (const [name, value] of Object.entries(readings)) {
    const metric = name as MetricName
    if (!(metric in metricCatalogue)) continue
    const points = result.get(metric) ?? []
    const last = points.at(-1)
    if (last === undefined || last[0] < atMs) result.set(metric, [...points, [atMs, value]])
  }
  return result
}

function trimmed(points: readonly Point[], fromMs: number): readonly Point[] {
  const first = points.findIndex(([atMs]) => atMs >= fromMs)
  if (first === 0) return points
  return first === -1 ? [] : points.slice(first)
}

/** Quotient of two series at the times that both have. */
export function quotient(above: readonly Point[], below: readonly Point[]): Point[] {
  const denominators = new Map(below)
  const result: Point[] = []
  for (const [atMs, value] of above) {
    const denominator = denominators.get(atMs)
    if (denominator !== undefined && denominator > 0) result.push([atMs, value / denominator])
  }
  return result
}

/** Series over one common time axis, as charts and tables want them. Null: no value at that time. */
export interface Aligned {
  readonly timesMs: readonly number[]
  readonly values: readonly (readonly (number | null)[])[]
}

/**
 * Joins series on their times. Between two points further apart than `gapMs` a time without values is put in, so that no line
 * is ever drawn over absent data.
 */
export function align(series: readonly (readonly Point[])[], gapMs: number): Aligned {
  const times = [...new Set(series.flatMap((points) => points.map(([atMs]) => atMs)))].toSorted((a, b) => a - b)
  const timesMs: number[] = []
  for (const [index, atMs] of times.entries()) {
    const previous = times[index - 1]
    if (previous !== undefined && atMs - previous > gapMs) timesMs.push(previous + (atMs - previous) / 2)
    timesMs.push(atMs)
  }
  const values = series.map((points) => {
    const byTime = new Map(points)
    return timesMs.map((atMs) => byTime.get(atMs) ?? null)
  })
  return { timesMs, values }
}

/** Stretches of time in which nothing was heard, the edges of the range included. */
export function gaps(
  { timesMs, values }: Aligned,
  gapMs: number,
  fromMs: number,
  toMs: number,
): [fromMs: number, toMs: number][] {
  const heard = timesMs.filter((_, index) => values.some((column) => column[index] !== null))
  const result: [number, number][] = []
  let previous = fromMs
  for (const atMs of [...heard.filter((time) => time >= fromMs && time <= toMs), toMs]) {
    if (atMs - previous > gapMs) result.push([previous, atMs])
    previous = atMs
  }
  return result
}

/** The longest silence between two points that is still one line: both the step of the history and the node's promise allow it. */
export function gapLimitMs(stepSeconds: number, intervalMs: number | undefined): number {
  return Math.max(2.5 * stepSeconds * 1000, 2.5 * (intervalMs ?? 0), 5000)
}

/** Lowest, highest and last value; undefined when there is none. */
export function extent(
  points: readonly Point[],
): { readonly min: number; readonly max: number; readonly last: number } | undefined {
  const last = points.at(-1)
  if (last === undefined) return undefined
  let min = Infinity
  let max = -Infinity
  for (const [, value] of points) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max, last: last[1] }
}

/** Shortest stretch that a trend spreads over its width, ms: less would make noise of the first values. */
const shortestTrendMs = 120_000

/** What a trend shows: the last hour, or less when there is less, so that a young history is not a dot at the edge. */
export function trendStart(points: readonly Point[], nowMs: number, longestMs: number): number {
  const first = points[0]?.[0] ?? nowMs
  return nowMs - Math.min(longestMs, Math.max(shortestTrendMs, nowMs - first))
}
