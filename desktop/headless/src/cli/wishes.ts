import { FleetError } from '@wrale/kernel'
import {
  type FanCurve,
  fanCurveSchema,
  type SimulatorChange,
  type Wish,
  wishKindSchema,
  wishSchema,
} from '@wrale/protocol/node'

export const overrideKinds = wishKindSchema.options

/** What an override sets, from the words of a command line. @throws FleetError USAGE */
export function parseWish(kind: Wish['kind'], value: string | undefined): Wish {
  if ((kind === 'stay-on') !== (value === undefined)) {
    throw new FleetError('USAGE', kind === 'stay-on' ? 'stay-on takes no value' : `say what "${kind}" is to be`)
  }
  const parsed = wishSchema.safeParse(wordsOf(kind, value ?? ''))
  if (parsed.success) return parsed.data
  throw new FleetError('USAGE', `${kind} cannot be "${value}": ${parsed.error.issues[0]?.message ?? 'not valid'}`)
}

function wordsOf(kind: Wish['kind'], value: string): unknown {
  switch (kind) {
    case 'fan':
      return { kind, duty: ratioOf(value) }
    case 'cpu-limit':
      return { kind, ratio: ratioOf(value) }
    case 'services':
      return { kind, keepFrom: numberOf(value) }
    case 'writes':
      return { kind, mode: value }
    case 'alarm':
      return { kind, on: value === 'on' ? true : value === 'off' ? false : undefined }
    case 'stay-on':
      return { kind }
  }
}

/** `45:0,50:30%,70:1`. @throws FleetError USAGE */
export function parseCurve(text: string): FanCurve {
  const points = text.split(',').map((point) => {
    const [celsius = '', duty = '', ...more] = point.split(':')
    return more.length > 0 ? undefined : { celsius: numberOf(celsius), duty: ratioOf(duty) }
  })
  const parsed = fanCurveSchema.safeParse(points)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = typeof issue?.path[0] === 'number' ? `point ${issue.path[0] + 1}: ` : ''
  throw new FleetError('USAGE', `"${text}" is not a curve such as 45:0,50:30%,70:100%: ${where}${issue?.message}`)
}

/** NAME VALUE; "auto" gives the setting back. @throws FleetError USAGE */
export function parseSetting(words: readonly string[]): SimulatorChange {
  const [setting, text, ...more] = words
  if (setting === undefined || text === undefined || more.length > 0) {
    throw new FleetError('USAGE', 'name a setting and its value, such as set ambientCelsius 35')
  }
  const value = text === 'auto' ? null : numberOf(text)
  if (value !== null && !Number.isFinite(value)) throw new FleetError('USAGE', `"${text}" is not a number`)
  return { setting, value }
}

/** @throws FleetError USAGE */
export function faultsOf(words: readonly string[]): string[] {
  if (words.length === 0) throw new FleetError('USAGE', 'name a fault; "wrale sim NODE" lists them')
  return [...words]
}

/** `50%` or `0.5`. */
function ratioOf(text: string): number {
  return text.endsWith('%') ? numberOf(text.slice(0, -1)) / 100 : numberOf(text)
}

function numberOf(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
}
