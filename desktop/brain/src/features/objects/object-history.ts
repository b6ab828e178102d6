import type { PeerIdText } from '@wrale/protocol'
import type { ObjectChange } from '@wrale/protocol/api'
import type { ObjectRef } from '@wrale/protocol/records'
import type { ObjectBook } from './object-book.ts'
import { timestamp } from './timestamp.ts'

/** What was said of an object, or of one field of it, the newest first, as far as it is kept. */
export function objectHistory(
  book: Pick<ObjectBook, 'history'>,
  nameOf: (id: PeerIdText) => string,
  object: ObjectRef,
  field?: string,
): ObjectChange[] {
  return book.history(object, field).map(({ author, seq, hlc, body }) => ({
    author: { id: author, name: nameOf(author) },
    seq,
    at: timestamp(hlc[0]),
    set:
      field === undefined ? body.set : Object.fromEntries(Object.entries(body.set).filter(([name]) => name === field)),
  }))
}
