import type { NodeNotes } from '@wrale/protocol/api'
import {
  type FanCurve,
  fanCurveSchema,
  type SafetyView,
  type ThermalProfile,
  type WantedThermal,
} from '@wrale/protocol/node'

export const profiles = [
  { id: 'quiet', word: 'Quiet', does: 'lets the machine get warmer before the fan is heard' },
  { id: 'balanced', word: 'Balanced', does: 'weighs noise and dust against heat' },
  { id: 'cool', word: 'Cool', does: 'begins early: cooler, louder, more dust' },
  { id: 'max', word: 'Max', does: 'runs the fan at full speed always' },
] as const satisfies readonly { readonly id: ThermalProfile; readonly word: string; readonly does: string }[]

/** Duty of a curve, ratio: straight lines between its points, level outside them. As nodes reckon, but for their hysteresis and ramp. */
export function dutyAt(curve: FanCurve, celsius: number): number {
  const above = curve.findIndex((point) => celsius < point.celsius)
  if (above === -1) return curve.at(-1)?.duty ?? 1
  const [left, right] = [curve[above - 1], curve[above]]
  if (right === undefined) return 1
  if (left === undefined) return right.duty
  return left.duty + ((celsius - left.celsius) / (right.celsius - left.celsius)) * (right.duty - left.duty)
}

export function isSameCurve(a: FanCurve | null | undefined, b: FanCurve | null | undefined): boolean {
  if (!a || !b) return (a ?? null) === (b ?? null)
  return (
    a.length === b.length &&
    a.every(({ celsius, duty }, index) => celsius === b[index]?.celsius && duty === b[index].duty)
  )
}

/** A point as it is typed: °C and percent. */
export interface DraftPoint {
  /** Tells points apart while they are moved. */
  readonly key: number
  readonly celsius: string
  readonly percent: string
}
export type Draft = readonly DraftPoint[]
export type DraftField = 'celsius' | 'percent'

export const bounds = { celsius: { min: -40, max: 125 }, points: { min: 2, max: 12 } } as const

export function draftOf(curve: FanCurve): Draft {
  return curve.map(({ celsius, duty }, key) => ({ key, celsius: String(celsius), percent: String(tidy(duty * 100)) }))
}

/** Percent from ratios without the dust of binary fractions. */
const tidy = (value: number): number => Math.round(value * 100) / 100

export interface CheckedDraft {
  /** Undefined while something is wrong. */
  readonly curve: FanCurve | undefined
  /** What is wrong, by `KEY.FIELD`. */
  readonly problems: ReadonlyMap<string, string>
}

export function checkDraft(draft: Draft): CheckedDraft {
  const points = draft.map(({ celsius, percent }) => ({
    celsius: numberOf(celsius),
    duty: tidy(numberOf(percent)) / 100,
  }))
  const parsed = fanCurveSchema.safeParse(points)
  const problems = new Map<string, string>()
  if (parsed.success) return { curve: parsed.data, problems }
  // The schema does not look at the order while a number is missing; a person wants to hear of both.
  for (const [index, { celsius, duty }] of points.entries()) {
    const key = draft[index]?.key
    const before = points[index - 1]
    if (before !== undefined && celsius <= before.celsius)
      problems.set(`${key}.celsius`, 'Must be above the point before it')
    if (before !== undefined && duty < before.duty)
      problems.set(`${key}.percent`, 'Must not be below the point before it')
    if (!(celsius >= bounds.celsius.min && celsius <= bounds.celsius.max))
      problems.set(`${key}.celsius`, 'A number from −40 to 125')
    if (!(duty >= 0 && duty <= 1)) problems.set(`${key}.percent`, 'A number from 0 to 100')
  }
  return { curve: undefined, problems }
}

function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.').replace('−', '-')
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
}

/** Puts a point where it is dragged, in whole degrees and percents, but not past its neighbours: a drag never makes a curve wrong. */
export function movedTo(
  curve: FanCurve,
  index: number,
  to: { readonly celsius: number; readonly duty: number },
  reach: { readonly min: number; readonly max: number } = bounds.celsius,
): FanCurve {
  const [left, right] = [curve[index - 1], curve[index + 1]]
  const celsius = clamp(
    Math.round(to.celsius),
    left === undefined ? reach.min : Math.floor(left.celsius) + 1,
    right === undefined ? reach.max : Math.ceil(right.celsius) - 1,
  )
  const duty = clamp(Math.round(to.duty * 100) / 100, left?.duty ?? 0, right?.duty ?? 1)
  return curve.with(index, { celsius, duty })
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), Math.max(min, max))
}

/** With one more point, in the middle of the widest gap; the curve stays what it is. Undefined where there is no room. */
export function withPoint(curve: FanCurve): { readonly curve: FanCurve; readonly index: number } | undefined {
  if (curve.length >= bounds.points.max) return undefined
  let widest = { index: 0, gap: 0 }
  for (const [index, { celsius }] of curve.entries()) {
    const gap = celsius - (curve[index - 1]?.celsius ?? celsius)
    if (gap > widest.gap) widest = { index, gap }
  }
  const [left, right] = [curve[widest.index - 1], curve[widest.index]]
  if (left === undefined || right === undefined || widest.gap < 2) return undefined
  const celsius = Math.round((left.celsius + right.celsius) / 2)
  const duty = Math.round(dutyAt(curve, celsius) * 100) / 100
  return { curve: curve.toSpliced(widest.index, 0, { celsius, duty }), index: widest.index }
}

/** Undefined when too few would be left. */
export function withoutPoint(curve: FanCurve, index: number): FanCurve | undefined {
  return curve.length <= bounds.points.min ? undefined : curve.toSpliced(index, 1)
}

/** Degrees that a drawing of these curves spans, in tens. */
export function reachOf(
  curves: readonly FanCurve[],
  celsius: number | undefined,
): { readonly min: number; readonly max: number } {
  const all = [
    ...curves.flatMap((curve) => curve.map((point) => point.celsius)),
    ...(celsius === undefined ? [] : [celsius]),
  ]
  return {
    min: Math.max(bounds.celsius.min, Math.min(30, Math.floor(Math.min(...all) / 10) * 10)),
    max: Math.min(bounds.celsius.max, Math.max(90, Math.ceil(Math.max(...all) / 10) * 10)),
  }
}

/** Where what is in use comes from, in a sentence. */
export function originText({ profile, profileFrom, curve, curveFrom }: SafetyView['thermal']): string {
  const word = profiles.find(({ id }) => id === profile)?.word.toLowerCase() ?? profile
  const from = (source: 'fleet' | 'configuration'): string =>
    source === 'fleet' ? 'the fleet' : 'the node’s own configuration'
  if (curve === null) return `The profile ${word}, from ${from(profileFrom)}, runs the fan at full speed always.`
  if (curveFrom === 'fleet')
    return `A curve from the fleet, in place of that of the profile ${word} (from ${from(profileFrom)}).`
  return `The curve of the profile ${word}, from ${from(profileFrom)}.`
}

/** The fleet says something that the node has not taken over yet; what it refuses, it says itself. */
export function isUnderWay(
  wanted: NodeNotes['thermal'],
  { profile, curve, profileFrom, curveFrom, refused }: SafetyView['thermal'],
): boolean {
  if (refused !== undefined) return false
  const { profile: wantedProfile, curve: wantedCurve }: WantedThermal = wanted ?? {}
  if (wantedProfile === undefined ? profileFrom === 'fleet' : wantedProfile !== profile) return true
  if (profile === 'max') return false
  return wantedCurve === undefined ? curveFrom === 'fleet' : !isSameCurve(wantedCurve, curve)
}

/** What a person should know before they save; undefined: nothing. */
export function curveCaution(curve: FanCurve): string | undefined {
  const last = curve.at(-1)
  if (last === undefined || last.duty >= 1) return undefined
  return `Above ${last.celsius} °C this curve stays at ${Math.round(last.duty * 100)} %. When it gets too hot, the safety policy runs the fan at full speed all the same.`
}
