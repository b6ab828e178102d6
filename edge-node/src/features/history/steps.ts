import { metricCatalogue, type MetricName, metricNames } from '@wrale/protocol'

/**
 * Values are kept as whole steps of the resolution that the metric has in records: exact in sums, and small on disk. Parts are divided by and not
 * multiplied with, as in records.
 */
export function toSteps(metric: MetricName, value: number): number {
  const { step } = metricCatalogue[metric]
  // Never minus zero.
  return Math.round(step >= 1 ? value / step : value * Math.round(1 / step)) + 0
}

/** @param steps need not be whole: a mean is not */
export function fromSteps(metric: MetricName, steps: number): number {
  const { step } = metricCatalogue[metric]
  return step >= 1 ? steps * step : steps / Math.round(1 / step)
}

/** The metric of a code; undefined for one that this software does not know, or does not know any more. */
export const metricOfCode: ReadonlyMap<number, MetricName> = new Map(
  metricNames.map((name) => [metricCatalogue[name].code, name]),
)
