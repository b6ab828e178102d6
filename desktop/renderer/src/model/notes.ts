import type { FieldValue } from '@wrale/protocol/records'
import type { NodeNotes, ObjectChange, Place } from '@wrale/protocol/api'
import {
  type FanCurve,
  fanCurveSchema,
  thermalFields,
  thermalProfileSchema,
  type WantedThermal,
} from '@wrale/protocol/node'
import type { NotesChange } from '../backend/operator-ports.ts'
import { labelField } from './field-name.ts'
import { type PlacePart, placeParts } from './labels.ts'

type Said = Omit<NodeNotes, 'groups'>

/** What holds after a change: shown at once, before the station has answered. */
export function withChange<T extends Said>(notes: T, { labels = {}, place = {}, note, thermal }: NotesChange): T {
  return {
    ...notes,
    labels: merged(notes.labels, labels),
    place: merged(notes.place, place),
    note: note === undefined ? notes.note : note,
    ...(thermal === undefined ? {} : { thermal: mergedThermal(notes.thermal, thermal) }),
  }
}

function mergedThermal(before: WantedThermal = {}, change: NonNullable<NotesChange['thermal']>): WantedThermal {
  const profile = change.profile === undefined ? before.profile : (change.profile ?? undefined)
  const curve = change.curve === undefined ? before.curve : (change.curve ?? undefined)
  return { ...(profile === undefined ? {} : { profile }), ...(curve === undefined ? {} : { curve }) }
}

function merged(
  before: Readonly<Record<string, string | undefined>>,
  change: Readonly<Record<string, string | null | undefined>>,
): Record<string, string> {
  const after = new Map(
    Object.entries(before).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  )
  for (const [key, value] of Object.entries(change)) {
    if (value === null) after.delete(key)
    else if (value !== undefined) after.set(key, value)
  }
  return Object.fromEntries(after)
}

/** The change that undoes another one. @param before what held before it */
export function inverseOf({ labels, place, note, thermal }: NotesChange, before: Said): NotesChange {
  return {
    ...(labels === undefined
      ? {}
      : { labels: Object.fromEntries(Object.keys(labels).map((key) => [key, before.labels[key] ?? null])) }),
    ...(place === undefined
      ? {}
      : {
          place: Object.fromEntries(
            placeParts.filter((part) => place[part] !== undefined).map((part) => [part, before.place[part] ?? null]),
          ),
        }),
    ...(note === undefined ? {} : { note: before.note }),
    ...(thermal === undefined
      ? {}
      : {
          thermal: {
            ...(thermal.profile === undefined ? {} : { profile: before.thermal?.profile ?? null }),
            ...(thermal.curve === undefined ? {} : { curve: before.thermal?.curve ?? null }),
          },
        }),
  }
}

/** A change in a few words, for the notice that offers to undo it. */
export function changeText({ labels = {}, place = {}, note, thermal }: NotesChange, before: Said): string {
  const parts = [
    ...Object.entries(labels).map(([key, value]) => {
      if (value === null) return `Label ${key} removed`
      return `Label ${key} ${Object.hasOwn(before.labels, key) ? 'changed to' : 'set to'} ${value === '' ? 'nothing' : value}`
    }),
    ...(Object.keys(place).length > 0 ? ['Place changed'] : []),
    ...(note === undefined ? [] : [note === null ? 'Note removed' : 'Note saved']),
    ...(thermal === undefined ? [] : [coolingText(thermal)]),
  ]
  return `${parts.join(', ')}.`
}

function coolingText({ profile, curve }: NonNullable<NotesChange['thermal']>): string {
  if (typeof profile === 'string') return `Cooling set to ${profile}`
  if (curve) return 'Fan curve saved'
  return profile === null ? 'Cooling left to the node’s own configuration' : 'Fan curve removed'
}

/** The whole form of a place as a change: what was emptied is removed, what is the same is left out. */
export function placeChange(before: Place, typed: Readonly<Record<PlacePart, string>>): NotesChange | undefined {
  const changed = placeParts.flatMap((part) => {
    const value = typed[part].trim()
    if (value === (before[part] ?? '')) return []
    return [[part, value === '' ? null : value] as const]
  })
  return changed.length === 0 ? undefined : { place: Object.fromEntries(changed) }
}

/** The change that sets a node's field to a value of its history; undefined when this page does not know the field. */
export function fieldChange(field: string, value: FieldValue): NotesChange | undefined {
  if (field === thermalFields.profile) {
    const profile = thermalProfileSchema.nullable().safeParse(value)
    return profile.success ? { thermal: { profile: profile.data } } : undefined
  }
  if (field === thermalFields.curve) {
    const curve = fanCurveSchema.nullable().safeParse(value)
    return curve.success ? { thermal: { curve: curve.data } } : undefined
  }
  if (value !== null && typeof value !== 'string') return undefined
  if (field.startsWith(labelField)) return { labels: { [field.slice(labelField.length)]: value } }
  const part = placeParts.find((name) => field === `place.${name}`)
  if (part !== undefined) return { place: { [part]: value } }
  return field === 'note' ? { note: value } : undefined
}

/** A value of any field, for people. */
export function valueText(value: FieldValue): string {
  if (value === null) return 'nothing'
  if (typeof value === 'string') return value === '' ? 'empty' : value
  const curve = fanCurveSchema.safeParse(value)
  return curve.success ? curveText(curve.data) : JSON.stringify(value)
}

/** One field of one change. */
export interface FieldStep {
  readonly key: string
  readonly field: string
  readonly author: string
  readonly at: string
  readonly value: FieldValue
  /** What was said before; undefined: that is not kept any more. */
  readonly before: FieldValue | undefined
  /** No later word is known. */
  readonly isLatest: boolean
}

/** Changes of an object, newest first, taken apart into fields, each with what was said before it. */
export function fieldSteps(changes: readonly ObjectChange[]): readonly FieldStep[] {
  const later = new Set<string>()
  return changes.flatMap(({ author, seq, at, set }, index) =>
    Object.entries(set).map(([field, value]) => {
      const older = changes.slice(index + 1).find((change) => Object.hasOwn(change.set, field))
      const isLatest = !later.has(field)
      later.add(field)
      return {
        key: `${author.id}/${seq} ${field}`,
        field,
        author: author.name,
        at,
        value,
        before: older?.set[field],
        isLatest,
      }
    }),
  )
}

/** "48 °C 0 %, 72 °C 100 %" */
function curveText(curve: FanCurve): string {
  return curve.map(({ celsius, duty }) => `${celsius} °C ${Math.round(duty * 100)} %`).join(', ')
}
