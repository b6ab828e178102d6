import type { defaultThresholds, HealthAspect, HealthReason } from '@wrale/protocol'
import type { Observation } from '../telemetry/telemetry.ts'

export type Thresholds = {
  readonly [K in keyof typeof defaultThresholds]: { readonly warn: number; readonly fail: number }
}
export type Severity = HealthReason['state']

/** What a rule is asked about. */
export interface Evidence extends Observation {
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly wallMs: number
  /** Wall clock minus fleet time, ms; absent while fleet time is not known. */
  readonly clockErrorMs?: number | undefined
  /** Why the daemon cannot store anything, as a sentence; absent while it can. */
  readonly storageProblem?: string | undefined
}

/** What a rule finds: how bad it is and one sentence with the reading in it. */
export interface Finding {
  readonly state: Severity
  readonly message: string
}

export interface Rule {
  readonly code: string
  readonly aspect: HealthAspect
  /** The finding must last this long before it counts, ms. */
  readonly enterAfterMs: number
  /** Nothing must have been found for this long before it is over, ms. */
  readonly leaveAfterMs: number
  /** @param held how bad it is held to be now, for rules whose limits have a band in which they stay as they are */
  find(evidence: Evidence, thresholds: Thresholds, held: Severity | undefined): Finding | undefined
}

/** A clock before this was never set: no daemon of this version existed. */
const earliestPlausibleMs = Date.UTC(2025, 0, 1)
/** Clocks that are set by hand, or by one another, are off by less, ms. */
const wrongByMs = 120_000

/** How bad a value is against two limits. To get better it must come back by `band`. A value that falls is bad when `rising` is false. */
export function severityOf(
  value: number,
  limits: { readonly warn: number; readonly fail: number },
  options: { readonly band: number; readonly held: Severity | undefined; readonly rising?: boolean },
): Severity | undefined {
  const sign = options.rising === false ? -1 : 1
  const reached = (limit: number, was: boolean): boolean => sign * value >= sign * limit - (was ? options.band : 0)
  if (reached(limits.fail, options.held === 'fail')) return 'fail'
  return reached(limits.warn, options.held !== undefined) ? 'warn' : undefined
}

function finding(state: Severity | undefined, message: string): Finding | undefined {
  return state === undefined ? undefined : { state, message }
}

function durationOf(ms: number): string {
  const units = [
    ['years', 365.25 * 86_400_000],
    ['days', 86_400_000],
    ['hours', 3_600_000],
    ['minutes', 60_000],
  ] as const
  const [name, size] = units.find(([, unitMs]) => ms >= 2 * unitMs) ?? units[3]
  return `${Math.round(ms / size)} ${name}`
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

export const rules: readonly Rule[] = [
  {
    code: 'temperature-high',
    aspect: 'thermal',
    enterAfterMs: 2000,
    leaveAfterMs: 5000,
    find({ readings: { temperatureCelsius: value } }, { temperatureCelsius: limits }, held) {
      if (value === undefined) return undefined
      return finding(severityOf(value, limits, { band: 3, held }), `The processor is at ${value.toFixed(1)} °C`)
    },
  },
  {
    code: 'fan-stalled',
    aspect: 'thermal',
    // The board waits for a fan to start before it says so.
    enterAfterMs: 3000,
    leaveAfterMs: 2000,
    find({ alarms, readings: { fanDutyRatio, fanRpm } }) {
      if (alarms.fanStalled !== true) return undefined
      const reads = fanDutyRatio !== undefined && fanRpm !== undefined
      const found = reads ? ` (${Math.round(fanRpm)} rpm at ${percent(fanDutyRatio)} duty)` : ''
      return { state: 'fail', message: `The fan does not turn${found}` }
    },
  },
  {
    code: 'throttled',
    aspect: 'thermal',
    enterAfterMs: 0,
    leaveAfterMs: 10_000,
    find: ({ alarms }) => finding(alarms.throttled === true ? 'warn' : undefined, 'The processor slows itself down'),
  },
  {
    code: 'under-voltage',
    aspect: 'power',
    enterAfterMs: 0,
    leaveAfterMs: 10_000,
    find({ alarms, readings: { supplyVolts } }) {
      const volts = supplyVolts === undefined ? '' : ` (${supplyVolts.toFixed(2)} V)`
      return finding(alarms.underVoltage === true ? 'warn' : undefined, `The supply voltage is too low${volts}`)
    },
  },
  {
    code: 'on-battery',
    aspect: 'power',
    enterAfterMs: 0,
    leaveAfterMs: 2000,
    find({ powerSource, readings: { batteryRatio } }) {
      const charge = batteryRatio === undefined ? '' : `, ${percent(batteryRatio)} left`
      return finding(powerSource === 'battery' ? 'warn' : undefined, `The node runs on its battery${charge}`)
    },
  },
  {
    code: 'battery-low',
    aspect: 'power',
    enterAfterMs: 0,
    leaveAfterMs: 2000,
    find({ readings: { batteryRatio: value } }, { batteryRatio: limits }, held) {
      if (value === undefined) return undefined
      return finding(
        severityOf(value, limits, { band: 0.02, held, rising: false }),
        `The battery is at ${percent(value)}`,
      )
    },
  },
  {
    code: 'memory-high',
    aspect: 'memory',
    enterAfterMs: 5000,
    leaveAfterMs: 5000,
    find({ readings: { memoryUsedBytes, memoryTotalBytes } }, { memoryUsedRatio: limits }, held) {
      if (memoryUsedBytes === undefined || memoryTotalBytes === undefined || memoryTotalBytes === 0) return undefined
      const ratio = memoryUsedBytes / memoryTotalBytes
      return finding(severityOf(ratio, limits, { band: 0.02, held }), `${percent(ratio)} of the memory is in use`)
    },
  },
  {
    code: 'disk-high',
    aspect: 'storage',
    enterAfterMs: 0,
    leaveAfterMs: 2000,
    find({ readings: { diskUsedBytes, diskTotalBytes } }, { diskUsedRatio: limits }, held) {
      if (diskUsedBytes === undefined || diskTotalBytes === undefined || diskTotalBytes === 0) return undefined
      const ratio = diskUsedBytes / diskTotalBytes
      return finding(severityOf(ratio, limits, { band: 0.01, held }), `${percent(ratio)} of the disk is in use`)
    },
  },
  {
    code: 'storage-failing',
    aspect: 'storage',
    enterAfterMs: 0,
    leaveAfterMs: 0,
    find({ storageProblem }) {
      if (storageProblem === undefined) return undefined
      return { state: 'fail', message: `Nothing can be stored: ${storageProblem}`.slice(0, 200) }
    },
  },
  {
    code: 'clock-not-set',
    aspect: 'time',
    enterAfterMs: 0,
    leaveAfterMs: 0,
    find({ wallMs }) {
      if (wallMs >= earliestPlausibleMs) return undefined
      return { state: 'warn', message: `The clock is not set: it says ${new Date(wallMs).toISOString().slice(0, 10)}` }
    },
  },
  {
    code: 'clock-wrong',
    aspect: 'time',
    enterAfterMs: 0,
    leaveAfterMs: 0,
    find({ clockErrorMs, wallMs }) {
      if (clockErrorMs === undefined || Math.abs(clockErrorMs) < wrongByMs || wallMs < earliestPlausibleMs)
        return undefined
      const side = clockErrorMs > 0 ? 'ahead of' : 'behind'
      return { state: 'warn', message: `The clock is ${durationOf(Math.abs(clockErrorMs))} ${side} the fleet's` }
    },
  },
  {
    code: 'sensor-nonsense',
    aspect: 'sensor',
    enterAfterMs: 0,
    leaveAfterMs: 10_000,
    find({ refused }) {
      const named = refused.map(({ metric, value }) => `${metric} ${value}`).join(', ')
      return finding(refused.length > 0 ? 'warn' : undefined, `A sensor gives nonsense: ${named}`.slice(0, 200))
    },
  },
]
