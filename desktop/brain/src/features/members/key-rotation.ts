import { FleetError, type Logger } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { EventBody } from '@wrale/protocol/records'
import type { Certificate } from '@wrale/protocol/signing'
import type { MemberDirectory, Replica } from '@wrale/replica'
import type { Fleet } from '../fleet/fleet.ts'
import type { Members } from './members.ts'
import { putOutOf } from './revocations.ts'

export interface KeyRotationDeps {
  readonly fleet: Pick<Fleet, 'certify'>
  readonly records: Pick<Replica, 'history' | 'isOut'>
  readonly directory: Pick<MemberDirectory, 'get'>
  readonly members: Pick<Members, 'succeed'>
  /** A member was made. */
  readonly granted: (certificate: Certificate) => Promise<void>
  /** Records what happened. */
  readonly write: (event: EventBody) => Promise<unknown>
  readonly logger: Logger
}

/** Gives nodes new keys: same name, same labels and groups; the old key is put out. */
export class KeyRotation {
  readonly #deps: KeyRotationDeps

  constructor(deps: KeyRotationDeps) {
    this.#deps = deps
  }

  /**
   * @param old certificate of the key that hands its place over
   * @returns the certificate of the new key; the same when asked again, for the answer may have been lost
   * @throws FleetError FORBIDDEN when the old key has no place to give; UNAVAILABLE when this station may not sign
   */
  async rotate(old: Certificate, successor: PeerIdText): Promise<Certificate> {
    const { fleet, records, directory, members, granted, write, logger } = this.#deps
    const known = directory.get(successor)
    if (records.isOut(old.subject)) {
      const given = putOutOf(records, old.subject)?.replacedBy === successor
      if (given && known !== undefined && !records.isOut(successor)) return known
      throw new FleetError('FORBIDDEN', 'the fleet put the old key out: it has no place to give')
    }
    if (records.isOut(successor)) throw new FleetError('FORBIDDEN', 'the fleet put the new key out')
    if (old.role !== 'node')
      throw new FleetError('FORBIDDEN', 'only nodes get new keys; a new station joins by its claim code')
    const certificate =
      known ?? (await fleet.certify({ subject: successor, role: 'node', name: old.name, notAfter: old.expiresAtMs }))
    await granted(certificate)
    await members.succeed(old, successor, 'its key was rotated')
    const data = { about: [old.subject, successor] }
    const message = `${old.name} has a new key; the old one is put out`
    write({ name: 'member.key-rotated', severity: 'info', message, data }).catch((error: unknown) =>
      logger.error('a rotation could not be recorded', { error }),
    )
    return certificate
  }
}
