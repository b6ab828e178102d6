import { volts } from '../base/decision.ts'
import { type Cause, causeOf, type Reading, seen, trusted } from '../base/reading.ts'
import type { TamperSettings } from './settings.ts'

export const channels = ['case', 'motion', 'voltage', 'component', 'link'] as const
export type Channel = (typeof channels)[number]

/** What sensors say of somebody at the machine. What a machine does not have is absent. */
export interface TamperInputs {
  readonly caseOpen?: boolean | undefined
  readonly motion?: boolean | undefined
  readonly supplyVolts?: Reading | undefined
  /** Parts that must be there, by name, and whether they answer. Those after the first 64 are passed over. */
  readonly components?: Readonly<Record<string, boolean>> | undefined
  readonly linkUp?: boolean | undefined
  /** Trusted time, ms since the Unix epoch; absent where no clock can be trusted. */
  readonly wallMs?: number | undefined
  /** An operator clears the latch. Both must say something. */
  readonly reset?: { readonly who: string; readonly why: string } | undefined
}

export interface Sign {
  readonly text: string
  readonly causes: readonly Cause[]
}

/** The sign of each channel that shows one now; undefined for one that does not, null for one that says nothing. */
export function signsOf(
  inputs: TamperInputs,
  { voltage }: TamperSettings,
  nowMs: number,
): Readonly<Record<Channel, Sign | null | undefined>> {
  const flag = (value: boolean | undefined, sign: Sign): Sign | null | undefined =>
    value === undefined ? null : value ? sign : undefined
  return {
    case: flag(inputs.caseOpen, { text: 'The case is open', causes: [seen('caseOpen', true)] }),
    motion: flag(inputs.motion, { text: 'The machine is being moved', causes: [seen('motion', true)] }),
    voltage: voltageSign(inputs.supplyVolts, voltage, nowMs),
    component: componentSign(inputs.components),
    link: flag(inputs.linkUp === undefined ? undefined : !inputs.linkUp, {
      text: 'The network link is cut',
      causes: [seen('linkUp', false)],
    }),
  }
}

function voltageSign(
  reading: Reading | undefined,
  { minVolts, maxVolts, maxAgeMs }: TamperSettings['voltage'],
  nowMs: number,
): Sign | null | undefined {
  const supply = trusted(reading, { min: 0, max: 1000, maxAgeMs }, nowMs)
  if (supply === undefined) return null
  const limit = supply.value < minVolts ? minVolts : supply.value > maxVolts ? maxVolts : undefined
  if (limit === undefined) return undefined
  return {
    text: `The supply is at ${volts(supply.value)}, outside ${volts(minVolts)} to ${volts(maxVolts)}`,
    causes: [causeOf(supply, limit)],
  }
}

function componentSign(components: Readonly<Record<string, boolean>> | undefined): Sign | null | undefined {
  if (components === undefined) return null
  const missing = Object.entries(components)
    .slice(0, 64)
    .flatMap(([name, present]) => (present ? [] : [name]))
  if (missing.length === 0) return undefined
  return { text: `Removed: ${missing.join(', ')}`, causes: missing.map((name) => seen(`component ${name}`, false)) }
}
