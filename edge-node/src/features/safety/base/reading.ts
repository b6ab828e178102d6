import type { MetricUnit } from '@wrale/protocol'

export type CauseUnit =
  | MetricUnit
  | 'milliseconds'
  | 'bytesPerDay'
  | 'ratioPerHour'
  | 'bits'
  | 'amperes'
  | 'pascals'
  | 'state'

/** One quantity that was measured. Nothing is checked yet: `value` may be NaN, and is absent where the sensor gave none. */
export interface Reading {
  readonly name: string
  readonly value?: number | undefined
  readonly unit: CauseUnit
  /** When it was measured, on the clock that `nowMs` of the policies is read from. */
  readonly atMs: number
}

/** A reading, or a state that was seen, as a decision names it. */
export interface Cause {
  readonly name: string
  /** Null where nothing could be measured. */
  readonly value: number | string | boolean | null
  readonly unit: CauseUnit
  /** What it was held against. */
  readonly limit?: number
  readonly ageMs?: number
}

/** What a sensor of a kind can say at all, and how long what it said holds. */
export interface Trust {
  readonly min: number
  readonly max: number
  readonly maxAgeMs: number
}

/** A reading that may be acted on. */
export interface Trusted {
  readonly name: string
  readonly value: number
  readonly unit: CauseUnit
  readonly atMs: number
  readonly ageMs: number
}

/** Clocks of one process may be read in another order than they are compared in; a reading from further ahead is nonsense. */
const aheadMs = 100

/** The reading when it is a number, within what the sensor can say, and fresh; else undefined. */
export function trusted(reading: Reading | undefined, trust: Trust, nowMs: number): Trusted | undefined {
  if (reading === undefined) return undefined
  const { name, value, unit, atMs } = reading
  if (value === undefined || !(value >= trust.min && value <= trust.max)) return undefined
  const ageMs = nowMs - atMs
  // Written so that NaN is refused.
  if (!(ageMs >= -aheadMs && ageMs <= trust.maxAgeMs)) return undefined
  return { name, value, unit, atMs, ageMs: Math.max(0, ageMs) }
}

export function causeOf({ name, value, unit, ageMs }: Trusted, limit?: number): Cause {
  return { name, value, unit, ageMs, ...(limit === undefined ? {} : { limit }) }
}

/** A state that was seen, as a cause. */
export function seen(name: string, value: string | boolean | null): Cause {
  return { name, value, unit: 'state' }
}

/** What is said of a reading that cannot be trusted. NaN becomes null, because causes travel as JSON. */
export function untrustedCause(name: string, reading: Reading | undefined, nowMs: number): Cause {
  const value = reading?.value
  const ageMs = reading === undefined ? Number.NaN : nowMs - reading.atMs
  return {
    name,
    value: value !== undefined && Number.isFinite(value) ? value : null,
    unit: reading?.unit ?? 'state',
    ...(ageMs >= 0 && Number.isFinite(ageMs) ? { ageMs } : {}),
  }
}
