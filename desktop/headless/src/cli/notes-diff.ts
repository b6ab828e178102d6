import type { NodeChange, NodeNotes } from '@wrale/protocol/api'
import { fanCurveSchema, thermalFields, thermalProfileSchema } from '@wrale/protocol/node'
import type { FieldValue } from '@wrale/protocol/records'

/** One field of an object as it was and as it becomes; null: none. */
export interface FieldChange {
  readonly field: string
  readonly from: FieldValue
  readonly to: FieldValue
}

/** The part of a change that says which fields become what. */
export type NotesChange = Omit<NodeChange, 'id'>

export const placeParts = ['site', 'zone', 'rack', 'slot'] as const

/** What a change would make different. */
export function changesOf(
  notes: NodeNotes,
  { labels = {}, note, place = {}, thermal = {} }: NotesChange,
): FieldChange[] {
  const wanted: FieldChange[] = Object.entries(labels).map(([key, to]) => ({
    field: `label/${key}`,
    from: Object.hasOwn(notes.labels, key) ? (notes.labels[key] ?? null) : null,
    to,
  }))
  if (note !== undefined) wanted.push({ field: 'note', from: notes.note, to: note === '' ? null : note })
  for (const part of placeParts) {
    const to = place[part]
    if (to !== undefined) wanted.push({ field: `place.${part}`, from: notes.place[part] ?? null, to })
  }
  for (const part of ['profile', 'curve'] as const) {
    const to = thermal[part]
    if (to !== undefined) wanted.push({ field: thermalFields[part], from: notes.thermal?.[part] ?? null, to })
  }
  return wanted.filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to))
}

/** Fields, as histories name them, as a change; undefined for a field that is none of a node's. */
export function changeOf(fields: ReadonlyMap<string, FieldValue>): NotesChange {
  const labels: Record<string, string | null> = {}
  const place: NonNullable<NotesChange['place']> = {}
  const thermal: NonNullable<NotesChange['thermal']> = {}
  let note: string | null | undefined
  for (const [field, value] of fields) {
    const text = typeof value === 'string' ? value : null
    if (field.startsWith('label/')) labels[field.slice('label/'.length)] = text
    if (field === 'note') note = text
    for (const part of placeParts) if (field === `place.${part}`) place[part] = text
    if (field === thermalFields.profile) thermal.profile = thermalProfileSchema.safeParse(value).data ?? null
    if (field === thermalFields.curve) thermal.curve = fanCurveSchema.safeParse(value).data ?? null
  }
  return {
    labels,
    place,
    ...(Object.keys(thermal).length === 0 ? {} : { thermal }),
    ...(note === undefined ? {} : { note }),
  }
}

export function valueText(value: FieldValue): string {
  return value === null ? '(none)' : JSON.stringify(value)
}

export function changeText({ field, from, to }: FieldChange): string {
  return `${field}: ${valueText(from)} → ${valueText(to)}`
}
