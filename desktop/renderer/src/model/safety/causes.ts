import type { MetricUnit } from '@wrale/protocol'
import type { SafetyDecision } from '@wrale/protocol/node'
import { duration, formatMs, formatQuantity, quantity } from '../format.ts'

type Cause = SafetyDecision['causes'][number]

/** Names that programs like, in words. Sensors keep their own. */
const words: Readonly<Record<string, string>> = {
  powerSource: 'Fed by',
  underVoltage: 'Under-voltage flag',
  timeLeft: 'Time left',
  dewPoint: 'Dew point',
  caseOpen: 'Case open',
  motion: 'Being moved',
  linkUp: 'Link up',
  readOnly: 'Read-only',
  freeSpace: 'Free space',
  writtenInDay: 'Written in a day',
  diskFreeBytes: 'Free space',
  diskTotalBytes: 'Size of the storage',
  level: 'Level',
  who: 'Who',
  what: 'What',
  why: 'Why',
  actuator: 'Device',
}

export interface CauseText {
  readonly name: string
  readonly value: string
  /** What it was held against. */
  readonly limit: string | undefined
  /** How old the reading was. */
  readonly age: string | undefined
}

/** What a decision was made on, for people. */
export function causeText({ name, value, unit, limit, ageMs }: Cause): CauseText {
  return {
    name: words[name] ?? name,
    value: valueText(value, unit),
    limit: limit === undefined ? undefined : valueText(limit, unit),
    age: ageMs === undefined ? undefined : formatMs(ageMs),
  }
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

const short = (value: number): string => String(Number(value.toPrecision(4)))

const metricUnits: readonly MetricUnit[] = [
  'celsius',
  'ratio',
  'bytes',
  'bytesPerSecond',
  'watts',
  'volts',
  'rpm',
  'seconds',
]

/** A value with its unit; a unit that this page does not know is named as it is. */
export function valueText(value: Cause['value'], unit: string): string {
  if (value === null) return 'no reading'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value === '' ? 'nothing' : value
  switch (unit) {
    case 'milliseconds':
      return duration(value)
    case 'bytesPerDay':
      return `${formatQuantity(quantity('bytes', value))} a day`
    case 'ratioPerHour':
      return `${formatQuantity(quantity('ratio', value))} an hour`
    case 'count':
      return grouped.format(value)
    default: {
      const known = metricUnits.find((one) => one === unit)
      if (known !== undefined) return formatQuantity(quantity(known, value))
      return unit === 'state' ? short(value) : `${short(value)} ${unit}`
    }
  }
}
