import type { Trusted } from '../base/reading.ts'
import type { PowerSettings } from './settings.ts'

interface Point {
  readonly atMs: number
  readonly ratio: number
}

/** What is known of the charge. The times count from the start of this stretch on battery, or on mains. */
export interface ChargeState {
  /** Oldest first, at most `maxPoints`, at least `pointEveryMs` apart. */
  readonly points: readonly Point[]
  /** The last charge that was measured. */
  readonly last?: Point
}

export interface Estimate {
  /** Charge that is taken to be left, ratio 0..1, on the safe side; absent when it was never known. */
  readonly ratio?: number
  /** Ratio an hour: discharge positive, charge negative. */
  readonly ratioPerHour: number
  readonly isMeasured: boolean
  readonly emptyInMs?: number
  readonly fullInMs?: number
}

export const chargeAtStart: ChargeState = { points: [] }

const hourMs = 3_600_000
const pointEveryMs = 30_000
const maxPoints = 60
/** Stretches over which the rate is taken, ms. The fastest counts: the short one shows a new load, the long one is steady. */
const windowsMs = [180_000, 900_000, 1_800_000] as const

export function remember(before: ChargeState, ratio: number | undefined, atMs: number): ChargeState {
  if (ratio === undefined) return before
  const newest = before.points.at(-1)
  const isDue = newest === undefined || atMs - newest.atMs >= pointEveryMs
  const points = isDue ? [...before.points, { atMs, ratio }].slice(-maxPoints) : before.points
  return { points, last: { atMs, ratio } }
}

/** While the battery gives: conservative, so it ends too early and never too late. */
export function dischargeEstimate(
  charge: ChargeState,
  watts: Trusted | undefined,
  settings: PowerSettings['battery'],
  atMs: number,
): Estimate {
  const { capacityWattHours, slowestRatioPerHour, assumedRatioPerHour, resolutionRatio } = settings
  const measured = windowsMs.flatMap((windowMs) => rateOver(charge, windowMs, resolutionRatio) ?? [])
  if (watts !== undefined && capacityWattHours !== undefined) measured.push(watts.value / capacityWattHours)
  const isMeasured = measured.length > 0
  const ratioPerHour = Math.max(slowestRatioPerHour, ...(isMeasured ? measured : [assumedRatioPerHour]))
  if (charge.last === undefined) return { ratioPerHour, isMeasured }
  // A charge that is not reported any more goes on falling, as fast as it may.
  const blindMs = Math.max(0, atMs - charge.last.atMs)
  const blindRate = Math.max(ratioPerHour, blindMs > pointEveryMs ? assumedRatioPerHour : 0)
  const ratio = Math.max(0, charge.last.ratio - resolutionRatio - (blindRate * blindMs) / hourMs)
  return { ratio, ratioPerHour, isMeasured, emptyInMs: (ratio / ratioPerHour) * hourMs }
}

/** A charge that rises more slowly, ratio an hour, would take more than a year: it stands. */
const leastRise = 1e-4

/** While the battery is charged: when it will be full, at the slowest rate that was seen. */
export function chargeEstimate(charge: ChargeState): Estimate {
  const rates = windowsMs
    .flatMap((windowMs) => rateOver(charge, windowMs, 0) ?? [])
    .filter((rate) => rate <= -leastRise)
  const ratio = charge.last?.ratio
  if (rates.length === 0 || ratio === undefined) {
    return { ratioPerHour: 0, isMeasured: false, ...(ratio === undefined ? {} : { ratio }) }
  }
  const ratioPerHour = Math.max(...rates)
  return { ratio, ratioPerHour, isMeasured: true, fullInMs: ((1 - ratio) / -ratioPerHour) * hourMs }
}

/** Fall of the charge over the stretch, ratio an hour; undefined where it was not watched for as long. */
function rateOver({ points, last }: ChargeState, windowMs: number, resolution: number): number | undefined {
  if (last === undefined) return undefined
  const from = points.findLast((point) => last.atMs - point.atMs >= windowMs)
  if (from === undefined) return undefined
  return ((from.ratio - last.ratio + resolution) / (last.atMs - from.atMs)) * hourMs
}
