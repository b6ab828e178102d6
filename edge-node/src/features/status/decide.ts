import type { MetricName, Readings } from '@wrale/protocol'
import type { StatusBody } from '@wrale/protocol/records'

/**
 * A change of a metric that is worth telling before its time: more than `absolute` in the metric's unit and, where given, more than
 * `relative` of the larger of the two values. Metrics that are not here wait for the interval.
 */
const deadBands: Partial<Record<MetricName, { readonly absolute: number; readonly relative?: number }>> = {
  temperatureCelsius: { absolute: 2 },
  cpuBusyRatio: { absolute: 0.2 },
  memoryUsedBytes: { absolute: 32 * 2 ** 20, relative: 0.1 },
  diskUsedBytes: { absolute: 64 * 2 ** 20, relative: 0.05 },
  networkReceiveBytesPerSecond: { absolute: 250_000, relative: 0.5 },
  networkTransmitBytesPerSecond: { absolute: 250_000, relative: 0.5 },
  powerWatts: { absolute: 1.5 },
  supplyVolts: { absolute: 0.2 },
  batteryRatio: { absolute: 0.03 },
  fanRpm: { absolute: 500, relative: 0.25 },
}

/** Fleet up to which the configured interval is kept. */
const wholeRateMembers = 20
/** Longest interval, ms: a node must be heard at least this often. */
const longestIntervalMs = 600_000
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
 *     intervalMs  = max(statusIntervalMs x max(1, members / 20), sampleIntervalMs), at most 10 minutes
 *     changeGapMs = max(sampleIntervalMs, intervalMs / 5)
 *
 * Every record reaches every member, so this keeps what one member hears below a constant: 20 records in `statusIntervalMs` when all
 * is quiet, five times that when everything changes all the time.
 */
export function paceOf(config: { statusIntervalMs: number; sampleIntervalMs: number }, members: number): Pace {
  const grown = config.statusIntervalMs * Math.max(1, members / wholeRateMembers)
  const intervalMs = Math.round(
    Math.max(Math.min(grown, Math.max(longestIntervalMs, config.statusIntervalMs)), config.sampleIntervalMs),
  )
  return { intervalMs, changeGapMs: Math.max(config.sampleIntervalMs, Math.round(intervalMs / 5)) }
}

export type PublishReason = 'first' | 'state' | 'readings' | 'interval'

export interface Published {
  readonly atMs: number
  readonly body: StatusBody
}

/**
 * Whether the node should speak now, and why. Pure. It is asked at every sample, so an interval that would pass before the next
 * sample counts as passed: what was promised is kept.
 */
export function decide(
  nowMs: number,
  last: Published | undefined,
  current: StatusBody,
  pace: Pace,
  sampleIntervalMs: number,
): PublishReason | undefined {
  if (last === undefined) return 'first'
  const ageMs = nowMs - last.atMs
  if (ageMs >= leastGapMs && stateOf(last.body) !== stateOf(current)) return 'state'
  if (ageMs + sampleIntervalMs > last.body.intervalMs) return 'interval'
  if (ageMs < pace.changeGapMs) return undefined
  return significantChange(last.body.readings, current.readings) ? 'readings' : undefined
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
