import type { PeerIdText } from '@wrale/protocol'
import type { FieldValue } from '@wrale/protocol/records'
import { groupObject, nodeFieldPrefix } from '../objects/fields.ts'
import type { Fields, ObjectBook } from '../objects/object-book.ts'
import { nodeRef } from '../objects/said.ts'

/**
 * Gives what operators said of one node to another: labels, note, place, and the groups that it is in by hand. Can be repeated. Of the old node
 * nothing is taken away but its places in groups: its history stays readable.
 */
export async function moveNotes(
  book: Pick<ObjectBook, 'fields' | 'all' | 'set'>,
  from: PeerIdText,
  to: PeerIdText,
): Promise<void> {
  await book.set(nodeRef(to), valuesOf(book.fields(nodeRef(from))))
  const old = nodeFieldPrefix + from
  const inGroups = [...book.all(groupObject)].filter(({ fields }) => fields.get(old)?.winner.value === true)
  for (const { object } of inGroups) await book.set(object, { [nodeFieldPrefix + to]: true, [old]: null })
}

function valuesOf(fields: Fields): Record<string, FieldValue> {
  return Object.fromEntries(
    [...fields].flatMap(([field, { winner }]) => (winner.value === null ? [] : [[field, winner.value]])),
  )
}
