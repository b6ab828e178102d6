import { type Clock, toFleetError } from '@wrale/kernel'
import { type MetricName, metricCatalogue, metricNames, metricNameSchema, type PeerIdText } from '@wrale/protocol'
import type { Node, NodeHistory, NodeHistoryRequest } from '@wrale/protocol/api'
import { type NodeHistoryAnswer, nodeHistoryAnswerSchema } from '@wrale/protocol/node'
import { maxNodeHistoryBytes, nodeHistoryProtocol } from '@wrale/protocol/wire'
import type { History } from '../history/history.ts'
import { rangeOf } from '../history/query.ts'
import type { NodeLine } from './node-line.ts'

const deadlineMs = 25_000
const defaultPoints = 300

type Point = NodeHistory['series'][number]['points'][number]
type PointsOf = ReadonlyMap<MetricName, readonly Point[]>
type Part = NodeHistory['parts'][number]

export interface NodeHistoriesDeps {
  readonly line: Pick<NodeLine, 'ask'>
  readonly history: Pick<History, 'query'>
  readonly inventory: { node(id: PeerIdText): Node | undefined }
  readonly clock: Clock
}

/**
 * What a node measured, from its own record as far as that reaches, and from what this station was told before and after. A node that does
 * not answer leaves what the station has, and why is said.
 */
export class NodeHistories {
  readonly #deps: NodeHistoriesDeps

  constructor(deps: NodeHistoriesDeps) {
    this.#deps = deps
  }

  /** @throws FleetError INPUT_INVALID for a range that is empty; NOT_FOUND */
  async query({ id, from, to, metrics, maxPoints = defaultPoints }: NodeHistoryRequest): Promise<NodeHistory> {
    const { history, inventory, clock } = this.#deps
    const { fromMs, toMs } = rangeOf({ from, to }, clock.wallMs())
    const asked = metrics === undefined ? metricNames : typeof metrics === 'string' ? [metrics] : metrics
    // The node's record has its own clock's times.
    const aheadMs = Math.round(inventory.node(id)?.clockErrorMs ?? 0)
    const range = { fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) }
    let answer: NodeHistoryAnswer | undefined
    let problem: NodeHistory['problem']
    try {
      answer = await this.#deps.line.ask(id, {
        protocol: nodeHistoryProtocol,
        body: { metrics: [...asked], fromMs: range.fromMs + aheadMs, toMs: range.toMs + aheadMs, maxPoints },
        answer: nodeHistoryAnswerSchema,
        deadlineMs,
        maxBytes: maxNodeHistoryBytes,
      })
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (error.code === 'NOT_FOUND' || error.code === 'INTERNAL') throw error
      problem = { code: error.code, message: error.message }
    }
    const stepMs = answer?.stepMs ?? Math.ceil((range.toMs - range.fromMs) / (maxPoints - 1))
    const own = pointsOf(
      history
        .query(id, {
          from: new Date(range.fromMs).toISOString(),
          to: new Date(range.toMs).toISOString(),
          step: Math.max(1, stepMs / 1000),
        })
        .series.map(({ metric, points }) => ({
          metric,
          points: points.map(([at, mean]): Point => [at, mean, null, null]),
        })),
      asked,
    )
    const nodes = pointsOf(
      (answer?.series ?? []).map(({ metric, points }) => ({
        metric,
        points: points.map(([at, mean, least, most]): Point => [at - aheadMs, mean, least, most]),
      })),
      asked,
    )
    return {
      from: timestamp(range.fromMs),
      to: timestamp(range.toMs),
      stepSeconds: stepMs / 1000,
      ...joined(nodes, own, stepMs),
      complete: answer?.complete ?? true,
      ...(problem === undefined ? {} : { problem }),
    }
  }
}

/** The node's points, and the station's before the first and after the last of them. */
function joined(nodes: PointsOf, own: PointsOf, stepMs: number): Pick<NodeHistory, 'series' | 'parts'> {
  const covered = extentOf(nodes, stepMs)
  const isBefore = ([at]: Point): boolean => covered === undefined || at + stepMs <= covered.fromMs
  const isAfter = ([at]: Point): boolean => covered !== undefined && at >= covered.toMs
  const filter = (keep: (point: Point) => boolean): PointsOf =>
    new Map([...own].map(([metric, points]) => [metric, points.filter(keep)]))
  const [before, after] = [filter(isBefore), filter(isAfter)]
  const series = metricNames.flatMap((metric) => {
    const points = [before, nodes, after].flatMap((some) => some.get(metric) ?? [])
    return points.length === 0 ? [] : [{ metric, unit: metricCatalogue[metric].unit, points }]
  })
  const part = (some: PointsOf, source: Part['source']): Part[] => {
    const extent = extentOf(some, stepMs)
    return extent === undefined ? [] : [{ from: timestamp(extent.fromMs), to: timestamp(extent.toMs), source }]
  }
  return { series, parts: [...part(before, 'station'), ...part(nodes, 'node'), ...part(after, 'station')] }
}

function extentOf(points: PointsOf, stepMs: number): { readonly fromMs: number; readonly toMs: number } | undefined {
  const ends = [...points.values()].flatMap((some) => [some[0], some.at(-1)].flatMap((point) => point?.[0] ?? []))
  return ends.length === 0 ? undefined : { fromMs: Math.min(...ends), toMs: Math.max(...ends) + stepMs }
}

/** Of the metrics that were asked for and that this software knows, each in order of time. */
function pointsOf(
  series: ReadonlyArray<{ readonly metric: string; readonly points: readonly Point[] }>,
  asked: readonly MetricName[],
): PointsOf {
  const known = new Map<MetricName, readonly Point[]>()
  for (const { metric, points } of series) {
    const name = metricNameSchema.safeParse(metric)
    if (!name.success || !asked.includes(name.data) || points.length === 0) continue
    known.set(
      name.data,
      points.toSorted(([a], [b]) => a - b),
    )
  }
  return known
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}
