import { defaultThresholds, type MetricName, type MetricUnit, type Readings } from '@wrale/protocol'
import { absent, formatQuantity, quantity } from './format.ts'
import { ratioOf } from './readings.ts'
import { type History, type Point, quotient } from './series.ts'

export interface Threshold {
  readonly value: number
  readonly label: string
  readonly level: 'warn' | 'fail'
}

export interface ChartSeries {
  readonly label: string
  readonly points: (history: History) => readonly Point[]
  /** The latest value. */
  readonly now: (readings: Readings) => number | undefined
}

export interface ChartSpec {
  readonly id: string
  readonly title: string
  readonly unit: MetricUnit
  readonly series: readonly ChartSeries[]
  readonly thresholds: readonly Threshold[]
  /** Least span of the axis, so that noise does not look like news. */
  readonly axis: { readonly min?: number; readonly max?: number; readonly span: number }
}

const metric = (label: string, name: MetricName): ChartSeries => ({
  label,
  points: (history) => history.get(name) ?? [],
  now: (readings) => readings[name],
})

const share = (label: string, used: MetricName, total: MetricName): ChartSeries => ({
  label,
  points: (history) => quotient(history.get(used) ?? [], history.get(total) ?? []),
  now: (readings) => ratioOf(readings[used], readings[total]),
})

function limits(unit: MetricUnit, { warn, fail }: { readonly warn: number; readonly fail: number }): Threshold[] {
  return [
    { value: warn, level: 'warn', label: `warn ${formatQuantity(quantity(unit, warn)).replace('.0', '')}` },
    { value: fail, level: 'fail', label: `fail ${formatQuantity(quantity(unit, fail)).replace('.0', '')}` },
  ]
}

const wholeRatio = { min: 0, max: 1, span: 1 } as const

/** The charts of a node, in the order in which trouble is looked for: heat, load, room, network, power, fan. */
export const chartSpecs: readonly ChartSpec[] = [
  {
    id: 'temperature',
    title: 'Temperature',
    unit: 'celsius',
    series: [metric('Temperature', 'temperatureCelsius')],
    thresholds: limits('celsius', defaultThresholds.temperatureCelsius),
    axis: { span: 20 },
  },
  {
    id: 'cpu',
    title: 'CPU busy',
    unit: 'ratio',
    series: [metric('CPU busy', 'cpuBusyRatio')],
    thresholds: [],
    axis: wholeRatio,
  },
  {
    id: 'load',
    title: 'Load, 1 min',
    unit: 'count',
    series: [metric('Load', 'load1')],
    thresholds: [],
    axis: { min: 0, span: 1 },
  },
  {
    id: 'memory',
    title: 'Memory used',
    unit: 'ratio',
    series: [share('Memory used', 'memoryUsedBytes', 'memoryTotalBytes')],
    thresholds: limits('ratio', defaultThresholds.memoryUsedRatio),
    axis: wholeRatio,
  },
  {
    id: 'disk',
    title: 'Disk used',
    unit: 'ratio',
    series: [share('Disk used', 'diskUsedBytes', 'diskTotalBytes')],
    thresholds: limits('ratio', defaultThresholds.diskUsedRatio),
    axis: wholeRatio,
  },
  {
    id: 'network',
    title: 'Network',
    unit: 'bytesPerSecond',
    series: [metric('In', 'networkReceiveBytesPerSecond'), metric('Out', 'networkTransmitBytesPerSecond')],
    thresholds: [],
    axis: { min: 0, span: 1000 },
  },
  {
    id: 'power',
    title: 'Power draw',
    unit: 'watts',
    series: [metric('Power draw', 'powerWatts')],
    thresholds: [],
    axis: { min: 0, span: 2 },
  },
  {
    id: 'supply',
    title: 'Supply voltage',
    unit: 'volts',
    series: [metric('Supply', 'supplyVolts')],
    thresholds: [],
    axis: { span: 0.5 },
  },
  {
    id: 'battery',
    title: 'Battery',
    unit: 'ratio',
    series: [metric('Battery', 'batteryRatio')],
    thresholds: limits('ratio', defaultThresholds.batteryRatio),
    axis: wholeRatio,
  },
  {
    id: 'fan',
    title: 'Fan speed',
    unit: 'rpm',
    series: [metric('Fan speed', 'fanRpm')],
    thresholds: [],
    axis: { min: 0, span: 1000 },
  },
  {
    id: 'duty',
    title: 'Fan duty',
    unit: 'ratio',
    series: [metric('Fan duty', 'fanDutyRatio')],
    thresholds: [],
    axis: wholeRatio,
  },
  {
    id: 'air',
    title: 'Air temperature',
    unit: 'celsius',
    series: [metric('Air', 'ambientCelsius')],
    thresholds: [],
    axis: { span: 10 },
  },
  {
    id: 'humidity',
    title: 'Humidity',
    unit: 'ratio',
    series: [metric('Humidity', 'humidityRatio')],
    thresholds: [],
    axis: wholeRatio,
  },
  {
    id: 'written',
    title: 'Written to storage',
    unit: 'bytes',
    series: [metric('Wrale', 'writtenBytes'), metric('System', 'systemWrittenBytes')],
    thresholds: [],
    axis: { min: 0, span: 1e6 },
  },
]

/** The charts that a node has anything to draw for: a part that a board has not is absent, not an empty frame. */
export function chartsWithData(history: History): readonly ChartSpec[] {
  return chartSpecs.filter(({ series }) => series.some(({ points }) => points(history).length > 0))
}

/** Bounds of the value axis: the data, and a threshold when the data come near it, at least as far apart as the chart's span. */
export function axisBounds({ axis, thresholds }: ChartSpec, low: number, high: number): [number, number] {
  if (axis.min !== undefined && axis.max !== undefined) return [axis.min, axis.max]
  const near = thresholds
    .filter(({ value }) => value <= high + axis.span && value >= low - axis.span)
    .map(({ value }) => value)
  let min = axis.min ?? Math.min(low, ...near)
  let max = Math.max(high, ...near)
  if (max - min < axis.span) {
    const middle = (min + max) / 2
    min = axis.min ?? middle - axis.span / 2
    max = axis.min === undefined ? middle + axis.span / 2 : min + axis.span
  }
  const margin = (max - min) * 0.06
  return [axis.min ?? min - margin, max + margin]
}

/** Bounds for a line without an axis: close to the data, with the nearest limit above or below when the data come near it. */
export function sparkBounds({ axis, thresholds }: ChartSpec, low: number, high: number): [number, number] {
  const span = axis.span * 0.15
  const near = thresholds.filter(({ value }) => value <= high + span && value >= low - span).map(({ value }) => value)
  const min = Math.min(low, ...near)
  const max = Math.max(high, ...near)
  const margin = Math.max(span - (max - min), (max - min) * 0.2, Number.EPSILON) / 2
  return [min - margin, max + margin]
}

/** The latest value of a chart's first series, as text. */
export function latestText({ series, unit }: ChartSpec, readings: Readings): string {
  const value = series[0]?.now(readings)
  return value === undefined ? absent : formatQuantity(quantity(unit, value))
}
