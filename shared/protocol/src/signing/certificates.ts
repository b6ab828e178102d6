import { FleetError } from '@wrale/kernel'
import type { FleetId, PeerIdText } from '../ids.ts'
import { type CertificateContent, certificateContentSchema } from '../membership/certificate.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

const certificateEnvelope: EnvelopeKind<typeof certificateContentSchema> = {
  domain: 'wrale-certificate/1',
  schema: certificateContentSchema,
  maxBytes: 2048,
}

/** A membership certificate that was opened and found good. */
export type Certificate = CertificateContent & { readonly sealed: Uint8Array }

/** Signs a membership with the fleet's root key. */
export async function issueCertificate(content: CertificateContent, root: Identity): Promise<Certificate> {
  return { ...content, sealed: await seal(certificateEnvelope, content, root) }
}

/**
 * Opens a certificate and checks that the fleet's root key signed it for this member.
 * @throws FleetError NOT_MEMBER when it is another fleet's or another member's; SIGNATURE_INVALID, FRAME_INVALID
 */
export async function verifyCertificate(
  sealed: Uint8Array,
  expected: { fleet: FleetId; subject: PeerIdText },
): Promise<Certificate> {
  const { signer, content } = await open(certificateEnvelope, sealed)
  const fleet: string = expected.fleet
  if (content.fleet !== fleet || signer !== fleet)
    throw new FleetError('NOT_MEMBER', 'the certificate is not of this fleet')
  if (content.subject !== expected.subject) throw new FleetError('NOT_MEMBER', 'the certificate is another member’s')
  return { ...content, sealed }
}
