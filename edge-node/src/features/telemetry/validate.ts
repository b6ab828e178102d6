import { type MetricName, metricCatalogue, metricNames, type Readings } from '@wrale/protocol'

/** A reading that no sensor in order can give. */
export interface RefusedReading {
  readonly metric: MetricName
  /** What the sensor gave, as text, because it may not be a number. */
  readonly value: string
}

/** Parts the readings that the catalogue allows from nonsense. One bad sensor does not cost the readings of the others. */
export function validateReadings(raw: Readings): {
  readonly readings: Readings
  readonly refused: readonly RefusedReading[]
} {
  const readings: Readings = {}
  const refused: RefusedReading[] = []
  for (const metric of metricNames) {
    const value = raw[metric]
    if (value === undefined) continue
    const { min, max } = metricCatalogue[metric]
    if (Number.isFinite(value) && value >= min && value <= max) readings[metric] = value
    else refused.push({ metric, value: String(value) })
  }
  return { readings, refused }
}
