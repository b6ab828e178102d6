import { FleetError } from '@wrale/kernel'
import type { FleetId, PeerIdText } from '../ids.ts'
import {
  adminGrant,
  type CertificateContent,
  certificateContentSchema,
  maxCertificateBytes,
  maxIssuerBytes,
} from '../membership/certificate.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

const certificateEnvelope: EnvelopeKind<typeof certificateContentSchema> = {
  domain: 'wrale-certificate/1',
  schema: certificateContentSchema,
  maxBytes: maxCertificateBytes,
}
/** An issuer's certificate is smaller, so that what it signs has room around it. */
const issuerEnvelope: typeof certificateEnvelope = { ...certificateEnvelope, maxBytes: maxIssuerBytes }

/** A membership certificate that was opened and found good. */
export type Certificate = CertificateContent & {
  readonly sealed: Uint8Array
  /** Station that signed it; null: the fleet's root key. */
  readonly issuedBy: PeerIdText | null
  /** Fleet time, ms since the Unix epoch, after which it is no longer good: its own end or its issuer's, whichever comes first. Absent: never. */
  readonly expiresAtMs?: number
}

/**
 * Signs a membership, with the fleet's root key or with the key of a station that may.
 * @param issuer certificate of that station; absent when the root key signs
 * @throws FleetError FORBIDDEN when nobody would accept what comes of it; TOO_LARGE
 */
export async function issueCertificate(
  content: CertificateContent,
  signer: Identity,
  issuer?: Certificate,
): Promise<Certificate> {
  const full: CertificateContent = issuer === undefined ? content : { ...content, issuer: issuer.sealed }
  if (issuer !== undefined) {
    if (issuer.subject !== signer.id) throw new FleetError('FORBIDDEN', 'the issuer’s certificate is another member’s')
    checkMayIssue(issuer, issuer.issuedBy === null)
    checkWithinIssuer(content)
  }
  const sealed = await seal(issuer === undefined ? issuerEnvelope : certificateEnvelope, full, signer)
  return certificateOf(full, sealed, issuer)
}

export interface ExpectedCertificate {
  readonly fleet: FleetId
  readonly subject: PeerIdText
  /** Fleet time, ms since the Unix epoch, as far as it is known for sure (see `TrustedTime`). Absent: nothing is taken for expired. */
  readonly nowMs?: number | undefined
}

/**
 * Opens a certificate and checks that it was signed for this member by the fleet's root key, or by a station whose own certificate,
 * which is inside, the root key signed with the grant to. No chain is longer than that.
 * @throws FleetError NOT_MEMBER when it is another fleet's or another member's, has expired, or its signer may not sign; SIGNATURE_INVALID, FRAME_INVALID, FRAME_TOO_LARGE
 */
export async function verifyCertificate(
  sealed: Uint8Array,
  { fleet, subject, nowMs }: ExpectedCertificate,
): Promise<Certificate> {
  const certificate = await openCertificate(sealed, fleet)
  if (certificate.subject !== subject) throw new FleetError('NOT_MEMBER', 'the certificate is another member’s')
  if (nowMs !== undefined && isExpired(certificate, nowMs))
    throw new FleetError('NOT_MEMBER', 'the certificate has expired', { expiresAtMs: certificate.expiresAtMs ?? 0 })
  return certificate
}

/** As `verifyCertificate`, for whichever member of the fleet it is. That whoever shows it is that member, something else must prove. */
export async function openCertificate(sealed: Uint8Array, fleet: FleetId): Promise<Certificate> {
  const { signer, content } = await open(certificateEnvelope, sealed)
  if (content.fleet !== fleet) throw new FleetError('NOT_MEMBER', 'the certificate is not of this fleet')
  const issuer = content.issuer === undefined ? undefined : await verifyIssuer(content.issuer, fleet, signer)
  if (issuer === undefined && signer !== (fleet as string))
    throw new FleetError('NOT_MEMBER', 'the certificate is not of this fleet')
  if (issuer !== undefined) checkWithinIssuer(content)
  return certificateOf(content, sealed, issuer)
}

export function isExpired({ expiresAtMs }: Pick<Certificate, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== undefined && nowMs > expiresAtMs
}

/** Whether a member may sign certificates for others. */
export function isAdmin({ grants, issuedBy, role }: Pick<Certificate, 'grants' | 'issuedBy' | 'role'>): boolean {
  return role === 'station' && issuedBy === null && grants?.includes(adminGrant) === true
}

/** @throws FleetError as `verifyCertificate` does */
async function verifyIssuer(sealed: Uint8Array, fleet: FleetId, subject: PeerIdText): Promise<Certificate> {
  const { signer, content } = await open(issuerEnvelope, sealed)
  const byRoot = signer === (fleet as string) && content.fleet === fleet && content.issuer === undefined
  if (content.subject !== subject) throw new FleetError('NOT_MEMBER', 'the certificate was signed by somebody else')
  checkMayIssue(content, byRoot)
  return certificateOf(content, sealed, undefined)
}

function checkMayIssue(content: CertificateContent, byRoot: boolean): void {
  if (!byRoot) throw new FleetError('NOT_MEMBER', 'the signer’s own certificate is not one of the fleet’s root key')
  if (content.role !== 'station' || content.grants?.includes(adminGrant) !== true)
    throw new FleetError('NOT_MEMBER', `a ${content.role} without the right to signed the certificate`)
}

/** Only the root key makes signers: else there would be no end to a chain. */
function checkWithinIssuer({ grants }: Pick<CertificateContent, 'grants'>): void {
  if (grants?.includes(adminGrant) === true)
    throw new FleetError('NOT_MEMBER', 'a station cannot give the right to sign on')
}

function certificateOf(content: CertificateContent, sealed: Uint8Array, issuer: Certificate | undefined): Certificate {
  const ends = [content.notAfter, issuer?.notAfter].filter((end) => end !== undefined)
  return {
    ...content,
    sealed,
    issuedBy: issuer?.subject ?? null,
    ...(ends.length === 0 ? {} : { expiresAtMs: Math.min(...ends) }),
  }
}
