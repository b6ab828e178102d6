import type { Conflict } from '@wrale/protocol/api'
import { counted } from './format.ts'
import { fieldName } from './field-name.ts'

export function conflictKey({ object: { type, id }, field }: Pick<Conflict, 'object' | 'field'>): string {
  return `${type} ${id} ${field}`
}

/** "label env of roof-2" */
export function conflictSubject({
  name,
  field,
  object: { type },
}: Pick<Conflict, 'name' | 'field' | 'object'>): string {
  return `${fieldName(field)} of ${type === 'node' ? name : `${type} ${name}`}`
}

/** What two stations said without knowing of each other, in one sentence. */
export function conflictsSentence(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return 'Nothing waits for a decision.'
  const [first] = conflicts
  if (conflicts.length === 1 && first !== undefined) return `Two stations disagree about the ${conflictSubject(first)}.`
  return `Stations disagree about ${counted(conflicts.length, 'field')}.`
}
