import { defaultThresholds } from '@wrale/protocol'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { chartSpecs, type ChartSpec } from './charts.ts'
import { formatMetric, formatRatio } from './format.ts'
import { diskRatio, type Level, levels, memoryRatio } from './readings.ts'
import { isSilent } from './state.ts'

/** A kind of trouble, and the node that is nearest to it. */
export interface Extreme {
  readonly id: string
  readonly title: string
  /** How near, larger is nearer; undefined when the node cannot tell. */
  readonly measure: (node: FleetNode) => number | undefined
  readonly show: (node: FleetNode) => string
  readonly level: (node: FleetNode) => Level
  readonly chart: ChartSpec | undefined
  /** A new node takes the place only when it is this much nearer: the tile does not flicker between equals. */
  readonly margin: number
}

const chart = (id: string): ChartSpec | undefined => chartSpecs.find((spec) => spec.id === id)

export const extremes: readonly Extreme[] = [
  {
    id: 'hottest',
    title: 'Hottest',
    measure: ({ readings }) => readings.temperatureCelsius,
    show: ({ readings }) => formatMetric('temperatureCelsius', readings.temperatureCelsius),
    level: ({ readings }) => levels.temperature(readings),
    chart: chart('temperature'),
    margin: 1,
  },
  {
    id: 'disk',
    title: 'Fullest disk',
    measure: ({ readings }) => diskRatio(readings),
    show: ({ readings }) => formatRatio(diskRatio(readings)),
    level: ({ readings }) => levels.disk(readings),
    chart: chart('disk'),
    margin: 0.01,
  },
  {
    id: 'memory',
    title: 'Fullest memory',
    measure: ({ readings }) => memoryRatio(readings),
    show: ({ readings }) => formatRatio(memoryRatio(readings)),
    level: ({ readings }) => levels.memory(readings),
    chart: chart('memory'),
    margin: 0.03,
  },
  {
    id: 'battery',
    title: 'Lowest battery',
    measure: ({ readings, powerSource }) =>
      powerSource === 'battery' && readings.batteryRatio !== undefined ? 1 - readings.batteryRatio : undefined,
    show: ({ readings }) => formatRatio(readings.batteryRatio),
    level: levels.battery,
    chart: chart('battery'),
    margin: defaultThresholds.batteryRatio.fail / 5,
  },
]

/** The node nearest to one kind of trouble. Silent nodes do not count: what they said is old. */
export function nearest(
  extreme: Extreme,
  nodes: readonly FleetNode[],
  before: string | undefined,
): FleetNode | undefined {
  let best: { readonly node: FleetNode; readonly measure: number } | undefined
  for (const node of nodes) {
    const value = isSilent(node) ? undefined : extreme.measure(node)
    if (value === undefined) continue
    const measure = value + (node.id === before ? extreme.margin : 0)
    if (best === undefined || measure > best.measure) best = { node, measure }
  }
  return best?.node
}
