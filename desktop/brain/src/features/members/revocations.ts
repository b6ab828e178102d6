import { type PeerIdText, peerIdSchema } from '@wrale/protocol'
import { memberFields, memberObject } from '@wrale/protocol/membership'
import type { FieldValue } from '@wrale/protocol/records'
import type { IntentRecord, Replica } from '@wrale/replica'

/** How a member was put out, as the records tell. */
export interface PutOut {
  /** Author's fleet time, ms since the Unix epoch. */
  readonly atMs: number
  readonly by: PeerIdText
  readonly reason: string | null
  readonly replacedBy: PeerIdText | null
}

/** What was said first about putting a member out, and why; undefined when nobody said so. */
export function putOutOf(records: Pick<Replica, 'history'>, id: PeerIdText): PutOut | undefined {
  const history = records.history(memberObject(id))
  const first = history.findLast(({ body }) => typeof body.set[memberFields.revokedAfter] === 'number')
  if (first === undefined) return undefined
  const reason = latest(history, memberFields.reason)
  const successor = peerIdSchema.safeParse(latest(history, memberFields.replacedBy))
  return {
    atMs: first.hlc[0],
    by: first.author,
    reason: typeof reason === 'string' && reason !== '' ? reason : null,
    replacedBy: successor.success ? successor.data : null,
  }
}

/** @param history the newest first */
function latest(history: readonly IntentRecord[], field: string): FieldValue | undefined {
  return history.find(({ body }) => Object.hasOwn(body.set, field))?.body.set[field]
}
