import { thermalFields } from '@wrale/protocol/node'

/** Beginning of the fields that are labels; the rest is the label's key. */
export const labelField = 'label/'

/** Field of a node's object: what history and conflicts call a label, a part of the place, or the note. */
export function fieldName(field: string): string {
  if (field.startsWith(labelField)) return `label ${field.slice(labelField.length)}`
  if (field === thermalFields.profile) return 'cooling profile'
  if (field === thermalFields.curve) return 'fan curve'
  if (field.startsWith('place.')) return field.slice('place.'.length)
  return field
}
