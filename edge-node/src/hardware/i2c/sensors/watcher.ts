import type { QuantityDefinition } from './driver.ts'

/** What makes a value unfit to act on. */
export type BadReason = 'not-a-number' | 'out-of-range' | 'jump' | 'stuck' | 'bus-error' | 'wrong-chip' | 'recovering'
/** `held`: a driver of the kernel reads the device; it shows under /sys/class/hwmon and the like. */
export type AbsentReason = 'no-device' | 'no-bus' | 'held' | 'not-measured'

/** What a sensor's value is worth. Only `ok` is a measurement; a bad value is shown to people and never computed with. */
export type Verdict =
  | { readonly status: 'ok'; readonly value: number }
  | { readonly status: 'bad'; readonly reason: BadReason; readonly value?: number }
  | { readonly status: 'absent'; readonly reason: AbsentReason }

/** One try to read: a value, or why there is none. */
export type Observation =
  | { readonly value: number }
  | { readonly bad: 'bus-error' | 'wrong-chip' }
  | { readonly absent: AbsentReason }

export interface WatchLimits extends Pick<QuantityDefinition, 'min' | 'max' | 'maxPerSecond' | 'stuckAfterMs'> {
  /** Good readings in a row before a sensor that was bad or absent is believed again. Default 3. */
  readonly goodToRecover?: number
}

const defaultGoodToRecover = 3

/** Fewer equal readings in a row than this are no proof, however far apart they are. */
const leastEqualReadings = 10

/** Changes within less than this are allowed as much as within this, so that two readings in a row may differ by a step, seconds. */
const shortestRateSeconds = 1

export interface WatchState {
  /** The last finite value within range, believed or not; the next is compared with it. */
  readonly last?: {
    readonly value: number
    readonly atMs: number
    /** When it was this for the first time. */
    readonly sinceMs: number
    /** How often in a row it was this. */
    readonly times: number
  }
  /** Good readings that are still wanted; 0 while the sensor is believed. */
  readonly wanted: number
}

/** A sensor of which nothing is known: its first good reading is believed. */
export const freshWatch: WatchState = { wanted: 0 }

/**
 * Judges one observation. Pure.
 * @param nowMs monotonic; time that goes back counts as none
 */
export function watch(
  state: WatchState,
  observation: Observation,
  limits: WatchLimits,
  nowMs: number,
): { readonly state: WatchState; readonly verdict: Verdict } {
  const distrusted = limits.goodToRecover ?? defaultGoodToRecover
  if ('absent' in observation) {
    // What has not been measured yet was not measured wrongly; a device that went is watched when it comes back.
    const wanted = observation.absent === 'not-measured' || state.last === undefined ? state.wanted : distrusted
    return { state: { wanted }, verdict: { status: 'absent', reason: observation.absent } }
  }
  if ('bad' in observation)
    return { state: { ...state, wanted: distrusted }, verdict: { status: 'bad', reason: observation.bad } }

  const { value } = observation
  const unusable = judgeAlone(value, limits)
  if (unusable !== undefined)
    return { state: { ...state, wanted: distrusted }, verdict: { status: 'bad', reason: unusable, value } }

  const { last } = state
  const isSame = last !== undefined && Object.is(last.value, value)
  const now = { value, atMs: nowMs, sinceMs: isSame ? last.sinceMs : nowMs, times: isSame ? last.times + 1 : 1 }
  const implausible = judgeHistory(last, now, limits)
  if (implausible !== undefined)
    return { state: { last: now, wanted: distrusted }, verdict: { status: 'bad', reason: implausible, value } }

  const wanted = Math.max(0, state.wanted - 1)
  return {
    state: { last: now, wanted },
    verdict: wanted > 0 ? { status: 'bad', reason: 'recovering', value } : { status: 'ok', value },
  }
}

function judgeAlone(value: number, { min, max }: WatchLimits): BadReason | undefined {
  if (!Number.isFinite(value)) return 'not-a-number'
  return value < min || value > max ? 'out-of-range' : undefined
}

function judgeHistory(
  last: WatchState['last'],
  now: NonNullable<WatchState['last']>,
  { maxPerSecond, stuckAfterMs }: WatchLimits,
): BadReason | undefined {
  if (last === undefined) return undefined
  const seconds = Math.max(shortestRateSeconds, (now.atMs - last.atMs) / 1000)
  if (maxPerSecond !== undefined && Math.abs(now.value - last.value) > maxPerSecond * seconds) return 'jump'
  if (stuckAfterMs === undefined || now.times < leastEqualReadings) return undefined
  return now.atMs - now.sinceMs > stuckAfterMs ? 'stuck' : undefined
}

/** The mean of what several sensors of one thing say. Bad and absent ones do not count; undefined when none is left. */
export function meanOf(verdicts: readonly Verdict[]): number | undefined {
  const values = verdicts.flatMap((verdict) => (verdict.status === 'ok' ? [verdict.value] : []))
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
