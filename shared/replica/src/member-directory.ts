import { FleetError } from '@wrale/kernel'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'

/** Most members that are kept in mind. */
const maxMembers = 4096

/** Who is known to be a member of the fleet, each by a certificate that the fleet's root key signed. */
export class MemberDirectory {
  readonly fleet: FleetId
  readonly #members = new Map<PeerIdText, Certificate>()

  constructor(fleet: FleetId) {
    this.fleet = fleet
  }

  /** @throws FleetError NOT_MEMBER, SIGNATURE_INVALID, FRAME_INVALID; RATE_LIMITED when the directory is full */
  async admit(sealed: Uint8Array, subject: PeerIdText): Promise<Certificate> {
    const known = this.#members.get(subject)
    if (known !== undefined && sameBytes(known.sealed, sealed)) return known
    const certificate = await verifyCertificate(sealed, { fleet: this.fleet, subject })
    if (known === undefined && this.#members.size >= maxMembers) {
      throw new FleetError('RATE_LIMITED', `the directory holds ${maxMembers} members already`)
    }
    this.#members.set(subject, certificate)
    return certificate
  }

  get(id: PeerIdText): Certificate | undefined {
    return this.#members.get(id)
  }

  list(): readonly Certificate[] {
    return [...this.#members.values()]
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
