import type { MetricName, Readings } from '@wrale/protocol'
import type { StatusBody } from '@wrale/protocol/records'

/**
 * A change of a metric's level that an operator would want to know before its time: more than `absolute` in the metric's unit and, where given,
 * more than `relative` of the larger of the two values. Metrics that are not here wait for the interval.
 */
const deadBands: Partial<Record<MetricName, { readonly absolute: number; readonly relative?: number }>> = {
  temperatureCelsius: { absolute: 3 },
  cpuBusyRatio: { absolute: 0.3 },
  memoryUsedBytes: { absolute: 128 * 2 ** 20, relative: 0.1 },
  diskUsedBytes: { absolute: 256 * 2 ** 20, relative: 0.05 },
  networkReceiveBytesPerSecond: { absolute: 1_000_000, relative: 0.5 },
  networkTransmitBytesPerSecond: { absolute: 1_000_000, relative: 0.5 },
  powerWatts: { absolute: 2, relative: 0.25 },
  supplyVolts: { absolute: 0.2 },
  batteryRatio: { absolute: 0.05 },
  fanRpm: { absolute: 1000, relative: 0.3 },
}

/** What each member of the fleet adds to the interval of all, ms. */
const perMemberMs = 1500
/** Longest interval, ms: a node must be heard at least this often. */
const longestIntervalMs = 300_000
/** Records that readings alone may ask for: so many in a row, and one more in so many intervals. */
const changesInARow = 3
const intervalsPerChange = 5
/** Least time between two records that changed state, ms: a node that flaps does not flood. */
const leastGapMs = 250

export interface Pace {
  /** Longest time between two records, ms; what a record promises. */
  readonly intervalMs: number
  /** Least time between two records that only readings asked for, ms. */
  readonly changeGapMs: number
}

/**
 * How often a node speaks in a fleet of `members`:
 *
 *     intervalMs  = max(statusIntervalMs, 1.5 s x members), at most 5 minutes, at least sampleIntervalMs
 *     changeGapMs = max(sampleIntervalMs, intervalMs / 5)
 *
 * Every record reaches every member. So a fleet at rest tells each of its members two statuses in 3 s however large it is, up to 200 members;
 * beyond, the 5 minutes hold. What is urgent does not wait for an interval: a change of state is told at once, and links show who is gone.
 */
export function paceOf(config: { statusIntervalMs: number; sampleIntervalMs: number }, members: number): Pace {
  const { statusIntervalMs, sampleIntervalMs } = config
  const grown = Math.min(perMemberMs * members, longestIntervalMs)
  const intervalMs = Math.round(Math.max(statusIntervalMs, grown, sampleIntervalMs))
  return { intervalMs, changeGapMs: Math.max(sampleIntervalMs, Math.round(intervalMs / 5)) }
}

/** Records that readings alone may still ask for; `atMs` is when that was reckoned. */
export interface Allowance {
  readonly left: number
  readonly atMs: number
}

/** What is left of it at a later time. */
export function allowanceAt(before: Allowance | undefined, nowMs: number, { intervalMs }: Pace): Allowance {
  if (before === undefined) return { left: changesInARow, atMs: nowMs }
  return {
    left: Math.min(changesInARow, before.left + (nowMs - before.atMs) / (intervalMs * intervalsPerChange)),
    atMs: nowMs,
  }
}

export type PublishReason = 'first' | 'state' | 'readings' | 'interval'

/** What the node would say, and what its readings have been lately. */
export interface Candidate {
  readonly body: StatusBody
  readonly levels: Readings
}

export interface Published extends Candidate {
  readonly atMs: number
}

/**
 * Whether the node should speak now, and why. Pure. It is asked at every sample, so an interval that would pass before the next
 * sample counts as passed: what was promised is kept.
 */
export function decide(
  nowMs: number,
  last: Published | undefined,
  current: Candidate,
  rules: { readonly pace: Pace; readonly allowance: Allowance; readonly sampleIntervalMs: number },
): PublishReason | undefined {
  if (last === undefined) return 'first'
  const ageMs = nowMs - last.atMs
  if (ageMs >= leastGapMs && stateOf(last.body) !== stateOf(current.body)) return 'state'
  if (ageMs + rules.sampleIntervalMs > last.body.intervalMs) return 'interval'
  if (ageMs < rules.pace.changeGapMs || rules.allowance.left < 1) return undefined
  return significantChange(last.levels, current.levels) ? 'readings' : undefined
}

/** When a change of state that came too soon after the last record may be told, ms from now; undefined when there is none. */
export function heldBackMs(nowMs: number, last: Published, current: StatusBody): number | undefined {
  const waitMs = leastGapMs - (nowMs - last.atMs)
  return waitMs > 0 && stateOf(last.body) !== stateOf(current) ? waitMs : undefined
}

/** Whether a metric left its dead-band, came or went. */
export function significantChange(before: Readings, after: Readings): boolean {
  for (const [metric, band] of Object.entries(deadBands) as [MetricName, { absolute: number; relative?: number }][]) {
    const old = before[metric]
    const now = after[metric]
    if ((old === undefined) !== (now === undefined)) return true
    if (old === undefined || now === undefined) continue
    const change = Math.abs(now - old)
    if (change > band.absolute && change > (band.relative ?? 0) * Math.max(Math.abs(old), Math.abs(now))) return true
  }
  return false
}

function stateOf(body: StatusBody): string {
  return [body.state, body.powerSource, ...body.reasons.map(({ code, state }) => `${code}=${state}`).toSorted()].join(
    ' ',
  )
}
