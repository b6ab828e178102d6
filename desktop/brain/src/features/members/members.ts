import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { MemberView, Session } from '@wrale/protocol/api'
import { certificateField, keptFields, memberFields, memberObject } from '@wrale/protocol/membership'
import { type Certificate, isAdmin, isExpired } from '@wrale/protocol/signing'
import type { MemberDirectory, Replica } from '@wrale/replica'
import type { Audit } from '../event-log/audit.ts'
import { timestamp } from '../objects/timestamp.ts'
import { putOutOf } from './revocations.ts'

export interface MembersDeps {
  readonly self: PeerIdText
  readonly records: Pick<Replica, 'history' | 'entries' | 'setFields' | 'isOut'>
  readonly directory: Pick<MemberDirectory, 'get' | 'list'>
  /** When a member was last heard, this machine's wall clock, ms since the Unix epoch. */
  readonly lastSeenMs: (id: PeerIdText) => number | undefined
  /** Where a member's key was seen in use by two machines at a time. */
  readonly clonedAt: (id: PeerIdText) => readonly string[]
  /** Fleet time by which certificates end, ms since the Unix epoch. */
  readonly nowMs: () => number
  /** Gives what operators said of one node to another. */
  readonly moveNotes: (from: PeerIdText, to: PeerIdText) => Promise<void>
  readonly audit: Pick<Audit, 'record'>
}

export interface RevokeRequest {
  readonly id: PeerIdText
  readonly reason?: string | undefined
}

/** Who belongs to the fleet, and who does not any more. */
export class Members {
  readonly #deps: MembersDeps

  constructor(deps: MembersDeps) {
    this.#deps = deps
  }

  /** By name, those that were put out last. */
  list(): MemberView[] {
    const rank = ({ state }: MemberView): number => (state === 'active' || state === 'expired' ? 0 : 1)
    return this.#deps.directory
      .list()
      .map((certificate) => this.#view(certificate))
      .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
  }

  /** @throws FleetError NOT_FOUND */
  get(id: PeerIdText): MemberView {
    return this.#view(this.#certificateOf(id))
  }

  /**
   * Puts a member out, for good: its key is never taken back. What it wrote up to now stays. What a station signed before stays.
   * @throws FleetError NOT_FOUND; CONFLICT for this station itself
   */
  async revoke({ id, reason }: RevokeRequest, by: Session): Promise<MemberView> {
    const certificate = this.#certificateOf(id)
    if (putOutOf(this.#deps.records, id) === undefined) {
      await this.#putOut(certificate, reason === undefined ? {} : { [memberFields.reason]: reason })
      const { name, role } = certificate
      const why = reason === undefined ? '' : `: ${reason}`
      const message = `put the ${role} ${name} out of the fleet${why}`
      const data = { about: id, role, ...(reason === undefined ? {} : { reason }) }
      this.#deps.audit.record({ kind: 'member-revoked', severity: 'warning', message, data, by })
    }
    return this.get(id)
  }

  /**
   * Gives the place of a member to another, with labels, note, place and groups, and puts it out.
   * @throws FleetError NOT_FOUND; CONFLICT when the two cannot take each other's place
   */
  async replace(
    { id, by: successor, reason }: RevokeRequest & { readonly by: PeerIdText },
    by: Session,
  ): Promise<MemberView> {
    const { records, audit } = this.#deps
    const old = this.#certificateOf(id)
    const next = this.#certificateOf(successor)
    if (id === successor) throw new FleetError('CONFLICT', 'a member cannot take its own place')
    if (old.role !== next.role)
      throw new FleetError('CONFLICT', `a ${next.role} cannot take the place of a ${old.role}`)
    if (records.isOut(successor)) throw new FleetError('CONFLICT', `${next.name} was put out of the fleet itself`)
    if (putOutOf(records, id)?.replacedBy === successor) return this.get(id)
    await this.succeed(old, successor, reason ?? `replaced by ${next.name}`)
    const message = `gave the place of the ${old.role} ${old.name} to ${next.name}`
    audit.record({ kind: 'member-replaced', severity: 'warning', message, data: { about: [id, successor] }, by })
    return this.get(id)
  }

  /** Moves what operators said of a member to another, and puts it out. Can be repeated. */
  async succeed(old: Certificate, successor: PeerIdText, reason: string): Promise<void> {
    // First, so that an attempt that breaks off can be made again.
    await this.#deps.moveNotes(old.subject, successor)
    await this.#putOut(old, { [memberFields.replacedBy]: successor, [memberFields.reason]: reason })
  }

  async #putOut(certificate: Certificate, more: Readonly<Record<string, string>>): Promise<void> {
    const { self, records, directory } = this.#deps
    const { subject: id } = certificate
    if (id === self) throw new FleetError('CONFLICT', 'a station cannot put itself out: another station must')
    const object = memberObject(id)
    const signed = directory.list().filter(({ issuedBy, subject }) => issuedBy === id && !records.isOut(subject))
    // Said before, so that nobody whom it signed is out in between.
    for (const kept of keptFields(signed.map(({ subject }) => subject))) await records.setFields(object, kept)
    await records.setFields(object, {
      ...more,
      [memberFields.revokedAfter]: this.#lastSeqOf(id),
      [memberFields.certificate]: certificateField(certificate.sealed),
    })
  }

  #lastSeqOf(id: PeerIdText): number {
    let last = 0
    for (const { record } of this.#deps.records.entries()) if (record.author === id) last = Math.max(last, record.seq)
    return last
  }

  #certificateOf(id: PeerIdText): Certificate {
    const certificate = this.#deps.directory.get(id)
    if (certificate === undefined) throw new FleetError('NOT_FOUND', `no member of this fleet has the id ${id}`)
    return certificate
  }

  #view(certificate: Certificate): MemberView {
    const { self, records, lastSeenMs, clonedAt, nowMs } = this.#deps
    const { subject: id, name, role, serial, notBefore, issuedBy, expiresAtMs } = certificate
    const seenMs = lastSeenMs(id)
    // Who is out without having been put out itself went with the station that signed its certificate.
    const out = putOutOf(records, id) ?? (records.isOut(id) ? this.#outWith(issuedBy) : undefined)
    return {
      id,
      name,
      role,
      state: out === undefined ? (isExpired(certificate, nowMs()) ? 'expired' : 'active') : stateOf(out),
      self: id === self,
      admin: isAdmin(certificate),
      serial: Buffer.from(serial).toString('hex'),
      issuedAt: timestamp(notBefore),
      issuedBy: issuedBy === null ? null : this.#person(issuedBy),
      expiresAt: expiresAtMs === undefined ? null : timestamp(expiresAtMs),
      lastSeen: seenMs === undefined ? null : timestamp(seenMs),
      revokedAt: out === undefined ? null : timestamp(out.atMs),
      revokedBy: out === undefined ? null : this.#person(out.by),
      reason: out?.reason ?? null,
      replacedBy: out?.replacedBy === undefined || out.replacedBy === null ? null : this.#person(out.replacedBy),
      clonedAt: [...clonedAt(id)],
    }
  }

  #outWith(issuer: PeerIdText | null): ReturnType<typeof putOutOf> {
    const out = issuer === null ? undefined : putOutOf(this.#deps.records, issuer)
    if (issuer === null || out === undefined) return undefined
    const reason = `the station ${this.#person(issuer).name}, which signed its certificate, was put out`
    return { ...out, reason, replacedBy: null }
  }

  #person(id: PeerIdText): { id: PeerIdText; name: string } {
    return { id, name: this.#deps.directory.get(id)?.name ?? `…${id.slice(-6)}` }
  }
}

function stateOf({ replacedBy }: { readonly replacedBy: PeerIdText | null }): 'revoked' | 'replaced' {
  return replacedBy === null ? 'revoked' : 'replaced'
}
