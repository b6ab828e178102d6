import { type MetricName, metricNames, type Readings } from '@wrale/protocol'

/** Samples over which a level is taken at least and at most. A peak shorter than half of them does not show. */
const fewest = 7
const most = 61

/** What the readings have been lately: of each metric that the last sample has, the median of the last samples. */
export class Levels {
  readonly #recent: Readings[] = []

  /**
   * @param samples over how many the level is taken, within bounds
   * @returns the levels with this sample in them
   */
  push(readings: Readings, samples: number): Readings {
    this.#recent.push(readings)
    const excess = this.#recent.length - Math.min(most, Math.max(fewest, Math.round(samples)))
    if (excess > 0) this.#recent.splice(0, excess)
    const levels: Readings = {}
    for (const metric of metricNames) if (readings[metric] !== undefined) levels[metric] = this.#median(metric)
    return levels
  }

  #median(metric: MetricName): number {
    const values = this.#recent.flatMap((sample) => sample[metric] ?? []).toSorted((a, b) => a - b)
    return values[values.length >> 1] ?? 0
  }
}
