import { FleetError } from '@wrale/kernel'
import { type FleetId, type PeerIdText, shortIdOf } from '@wrale/protocol'
import { keptMark } from '@wrale/protocol/membership'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import { compareBytes, sameBytes } from './bytes.ts'

/** Most members that are kept in mind. */
const maxMembers = 4096

/** Who is known to be a member of the fleet, each by a certificate of the fleet's root key or of a station that may sign. */
export class MemberDirectory {
  readonly fleet: FleetId
  readonly #members = new Map<PeerIdText, Certificate>()
  /** By short id; null where two members share one. */
  readonly #byShortId = new Map<string, PeerIdText | null>()

  /** Stations that were put out, with the marks of those whom they signed and who stay. */
  readonly #outIssuers = new Map<PeerIdText, ReadonlySet<string>>()

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
    // Of two the same one is held everywhere, in whatever order they came.
    if (known !== undefined && this.#prefers(known, certificate)) return known
    this.#members.set(subject, certificate)
    if (known === undefined) {
      const short = keyOf(shortIdOf(subject))
      this.#byShortId.set(short, this.#byShortId.has(short) ? null : subject)
    }
    return certificate
  }

  get(id: PeerIdText): Certificate | undefined {
    return this.#members.get(id)
  }

  /** Whose short id this is; undefined when no member's, or more than one's. */
  resolve(shortId: Uint8Array): PeerIdText | undefined {
    return this.#byShortId.get(keyOf(shortId)) ?? undefined
  }

  /** A station was put out: of what it signed only these members stay. */
  putOutIssuer(issuer: PeerIdText, kept: ReadonlySet<string>): void {
    this.#outIssuers.set(issuer, kept)
  }

  /** Whether a certificate is void because the station that signed it was put out. */
  isVoid({ issuedBy, subject }: Pick<Certificate, 'issuedBy' | 'subject'>): boolean {
    const kept = issuedBy === null ? undefined : this.#outIssuers.get(issuedBy)
    return kept !== undefined && !kept.has(keptMark(subject))
  }

  list(): readonly Certificate[] {
    return [...this.#members.values()]
  }

  #prefers(a: Certificate, b: Certificate): boolean {
    if (this.isVoid(a) !== this.isVoid(b)) return this.isVoid(b)
    return a.notBefore === b.notBefore ? compareBytes(a.sealed, b.sealed) > 0 : a.notBefore > b.notBefore
  }
}

function keyOf(shortId: Uint8Array): string {
  return String.fromCharCode(...shortId)
}
