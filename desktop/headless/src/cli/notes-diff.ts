import type { NodeChange, NodeNotes } from '@wrale/protocol/api'
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
export function changesOf(notes: NodeNotes, { labels = {}, note, place = {} }: NotesChange): FieldChange[] {
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
  return wanted.filter(({ from, to }) => from !== to)
}

/** Fields, as histories name them, as a change; undefined for a field that is none of a node's. */
export function changeOf(fields: ReadonlyMap<string, FieldValue>): NotesChange {
  const labels: Record<string, string | null> = {}
  const place: NonNullable<NotesChange['place']> = {}
  let note: string | null | undefined
  for (const [field, value] of fields) {
    const text = typeof value === 'string' ? value : null
    if (field.startsWith('label/')) labels[field.slice('label/'.length)] = text
    if (field === 'note') note = text
    for (const part of placeParts) if (field === `place.${part}`) place[part] = text
  }
  return { labels, place, ...(note === undefined ? {} : { note }) }
}

export function valueText(value: FieldValue): string {
  return value === null ? '(none)' : JSON.stringify(value)
}

export function changeText({ field, from, to }: FieldChange): string {
  return `${field}: ${valueText(from)} → ${valueText(to)}`
}
