import { FleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { certificateIn, memberFields, memberObjectType } from '@wrale/protocol/membership'
import type { FleetRecord, OpaqueRecord, RecordKind } from '@wrale/protocol/records'
import type { MemberDirectory } from './member-directory.ts'

/** Who may write what: members speak for themselves, stations decide for the fleet. */
const roles: Readonly<Record<RecordKind | 'opaque', readonly ('node' | 'station')[]>> = {
  status: ['node', 'station'],
  inventory: ['node', 'station'],
  links: ['node', 'station'],
  event: ['node', 'station'],
  intent: ['station'],
  // Who may write it is for those to judge who can read it. Nothing is done because of it here.
  opaque: ['node', 'station'],
}

/** Judges whether an author may write a record, from its certificate, its role and its revocation. */
export class Authority {
  readonly #directory: MemberDirectory
  readonly #revokedAfter = new Map<PeerIdText, number>()

  constructor(directory: MemberDirectory) {
    this.#directory = directory
  }

  /** @throws FleetError NOT_MEMBER, FORBIDDEN, SIGNATURE_INVALID */
  async check(record: FleetRecord | OpaqueRecord): Promise<void> {
    const { author, seq } = record
    const lastSeq = this.#revokedAfter.get(author)
    if (lastSeq !== undefined && seq > lastSeq) {
      throw new FleetError('NOT_MEMBER', 'the author was put out of the fleet before it wrote this', {
        author,
        lastSeq,
      })
    }
    if (record.kind === 'inventory') await this.#directory.admit(record.body.certificate, author)
    const certificate = this.#directory.get(author)
    if (certificate === undefined)
      throw new FleetError('NOT_MEMBER', 'the author is not known to be a member', { author })
    if (this.#directory.isVoid(certificate)) {
      throw new FleetError('NOT_MEMBER', 'the station that signed the author’s certificate was put out', { author })
    }
    if (!roles[record.kind].includes(certificate.role)) {
      throw new FleetError('FORBIDDEN', `a ${certificate.role} may not write a record of kind ${record.kind}`, {
        author,
      })
    }
    await this.#meet(record)
  }

  /** Whether a member was put out, by itself or with the station that signed its certificate. */
  isOut(id: PeerIdText): boolean {
    const certificate = this.#directory.get(id)
    return this.#revokedAfter.has(id) || (certificate !== undefined && this.#directory.isVoid(certificate))
  }

  /** Who was put out has no inventory any more, which carries its certificate. The word that put it out does. */
  async #meet(record: FleetRecord | OpaqueRecord): Promise<void> {
    if (record.kind !== 'intent' || record.body.object.type !== memberObjectType) return
    const subject = peerIdSchema.safeParse(record.body.object.id)
    const sealed = certificateIn(record.body.set[memberFields.certificate])
    // A bad one does no harm, and the rest of what the operation says stands by itself.
    if (subject.success && sealed !== undefined)
      await this.#directory.admit(sealed, subject.data).catch(() => undefined)
  }

  revokedAfter(author: PeerIdText): number | undefined {
    return this.#revokedAfter.get(author)
  }

  /** Puts a member out; what it wrote up to `lastSeq` stays. Of several revocations the strictest holds. @returns whether that changed anything */
  revoke(author: PeerIdText, lastSeq: number): boolean {
    const held = this.#revokedAfter.get(author)
    if (held !== undefined && held <= lastSeq) return false
    this.#revokedAfter.set(author, lastSeq)
    return true
  }
}
