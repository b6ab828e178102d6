import { FleetError } from '@wrale/kernel'
import { metricCatalogue, type MetricName, metricNames, metricNameSchema, type MetricUnit } from '@wrale/protocol'
import { z } from 'zod'
import { fromSteps } from './steps.ts'
import type { TotalsByStep } from './totals.ts'

/** Most points of one series, and of all series of an answer. */
export const maxPointsOfSeries = 2000
const maxPointsOfAnswer = 20_000

const timeMs = z.number().int().min(-8.64e15).max(8.64e15)

/** What is asked of the history. Times are ms since the Unix epoch by the node's clock; `toMs` is not included. */
export const historyQuerySchema = z
  .strictObject({
    /** Default: all. */
    metrics: z.array(metricNameSchema).min(1).max(metricNames.length).optional(),
    fromMs: timeMs,
    toMs: timeMs,
    /** Most points of a series. Default 300. */
    maxPoints: z.number().int().min(2).max(maxPointsOfSeries).default(300),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, 'from must be before to')
export type HistoryQuery = z.input<typeof historyQuerySchema>

/** Start of the step in ms since the Unix epoch, mean, lowest and highest value in the step, number of samples. A step without samples has no point. */
export type HistoryPoint = readonly [atMs: number, mean: number, min: number, max: number, count: number]

export interface HistoryAnswer {
  readonly fromMs: number
  readonly toMs: number
  /** Length of a step; steps begin at whole multiples of it. */
  readonly stepMs: number
  /** In the order of the catalogue; a metric without points is left out. */
  readonly series: ReadonlyArray<{
    readonly metric: MetricName
    readonly unit: MetricUnit
    readonly points: readonly HistoryPoint[]
  }>
  /** False when a part on disk could not be read and is missing here. */
  readonly complete: boolean
}

export interface HistoryRange {
  readonly metrics: readonly MetricName[]
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

/** Checks a query and chooses the step. @throws FleetError INPUT_INVALID */
export function rangeOf(query: HistoryQuery): HistoryRange {
  const parsed = historyQuerySchema.safeParse(query)
  if (!parsed.success) throw new FleetError('INPUT_INVALID', z.prettifyError(parsed.error).replaceAll('\n', ' '))
  const { fromMs, toMs, maxPoints } = parsed.data
  const asked = new Set(parsed.data.metrics ?? metricNames)
  const metrics = metricNames.filter((metric) => asked.has(metric))
  const points = Math.min(maxPoints, Math.floor(maxPointsOfAnswer / metrics.length))
  // A range that does not begin at the start of a step touches one step more than its length holds.
  return { metrics, fromMs, toMs, stepMs: Math.ceil((toMs - fromMs) / (points - 1)) }
}

/** Totals in steps of the metric as points in its unit, in order of time. */
export function pointsOf(metric: MetricName, totals: TotalsByStep): HistoryPoint[] {
  return [...totals]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, { count, max, min, sum }]) => [
      atMs,
      fromSteps(metric, sum / count),
      fromSteps(metric, min),
      fromSteps(metric, max),
      count,
    ])
}

export function unitOf(metric: MetricName): MetricUnit {
  return metricCatalogue[metric].unit
}
