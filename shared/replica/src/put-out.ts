import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { memberFields, memberObject } from '@wrale/protocol/membership'
import { openRecord } from '@wrale/protocol/signing'
import type { PutOutEvidence } from '@wrale/protocol/wire'
import type { MemberDirectory } from './member-directory.ts'
import type { Replica } from './replica.ts'

export interface PutOutDeps {
  readonly replica: Pick<Replica, 'isOut' | 'history' | 'receive'>
  readonly directory: Pick<MemberDirectory, 'get' | 'admit'>
}

/** How a member was put out, with the record that says so, to be shown to it; undefined for one that is in the fleet. */
export function putOutOf(
  { replica, directory }: PutOutDeps,
  id: PeerIdText,
): { readonly reason: string | null; readonly evidence?: PutOutEvidence } | undefined {
  if (!replica.isOut(id)) return undefined
  const own = replica.history(memberObject(id))
  // Who was not put out itself went with the station that signed its certificate.
  const issuer = directory.get(id)?.issuedBy ?? null
  const history = own.some(isRevocation) || issuer === null ? own : replica.history(memberObject(issuer))
  const record = history.findLast(isRevocation)
  const reason = history.find(({ body }) => Object.hasOwn(body.set, memberFields.reason))?.body.set[memberFields.reason]
  const certificate = record === undefined ? undefined : directory.get(record.author)?.sealed
  return {
    reason: typeof reason === 'string' ? reason : null,
    ...(record === undefined || certificate === undefined ? {} : { evidence: { record: record.sealed, certificate } }),
  }
}

/**
 * Takes in what this member was shown, as it would take the records from a peer: checked by signature and authority.
 * @throws FleetError when it does not hold
 */
export async function heedPutOut(
  { replica, directory }: PutOutDeps,
  { record, certificate }: PutOutEvidence,
): Promise<void> {
  const { author } = await openRecord(record)
  await directory.admit(certificate, author)
  const verdict = await replica.receive(record, { from: author, ageMs: 0 })
  if (verdict === 'rejected') throw new FleetError('FORBIDDEN', 'what this member was shown is not what it should be')
}

function isRevocation({ body }: { readonly body: { readonly set: Readonly<Record<string, unknown>> } }): boolean {
  return typeof body.set[memberFields.revokedAfter] === 'number'
}
