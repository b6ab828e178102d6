import { FleetError } from '@wrale/kernel'
import { metricCatalogue, type MetricName, metricNames } from '@wrale/protocol'
import { maxSeriesPoints, type Series } from '@wrale/protocol/api'
import type { Sample, StepTotals } from './sample-store.ts'

/** A query as the contract takes it: times in RFC 3339, step in seconds. */
export interface HistoryQuery {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly step?: number | undefined
}

/** All milliseconds; `from` and `to` since the Unix epoch. */
export interface HistoryRange {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

const defaultRangeMs = 3_600_000
const defaultSteps = 300

/**
 * Fills in what a query leaves out and widens a step that would give too many points.
 * @throws FleetError INPUT_INVALID when the range is empty or runs backwards
 */
export function rangeOf(query: HistoryQuery, nowMs: number): HistoryRange {
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to)
  const fromMs = query.from === undefined ? toMs - defaultRangeMs : Date.parse(query.from)
  if (fromMs >= toMs) throw new FleetError('INPUT_INVALID', 'from must be before to')
  const asked = query.step === undefined ? Math.max(1000, (toMs - fromMs) / defaultSteps) : query.step * 1000
  // A range that does not begin at the start of a step touches one step more than its length holds.
  const least = (toMs - fromMs) / (maxSeriesPoints - 1)
  return { fromMs, toMs, stepMs: Math.ceil(Math.max(asked, least)) }
}

/** Adds samples that are not stored yet to the totals of what is. */
export function seriesOf(stored: readonly StepTotals[], recent: readonly Sample[], stepMs: number): Series[] {
  const steps = new Map<MetricName, Map<number, { sum: number; count: number }>>()
  const add = (metric: MetricName, startMs: number, sum: number, count: number): void => {
    const points = steps.get(metric) ?? new Map<number, { sum: number; count: number }>()
    steps.set(metric, points)
    const point = points.get(startMs) ?? { sum: 0, count: 0 }
    points.set(startMs, { sum: point.sum + sum, count: point.count + count })
  }
  for (const { startMs, totals } of stored) {
    for (const [metric, { sum, count }] of totals) add(metric, startMs, sum, count)
  }
  for (const { atMs, readings } of recent) {
    const startMs = Math.floor(atMs / stepMs) * stepMs
    for (const metric of metricNames) {
      const value = readings[metric]
      if (value !== undefined) add(metric, startMs, value, 1)
    }
  }
  return metricNames.flatMap((metric) => {
    const points = steps.get(metric)
    if (points === undefined) return []
    const means = [...points].map(([startMs, { sum, count }]): [number, number] => [startMs, sum / count])
    return [{ metric, unit: metricCatalogue[metric].unit, points: means.toSorted(([a], [b]) => a - b) }]
  })
}
