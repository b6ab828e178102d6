import type { Stream } from '@libp2p/interface'
import { FleetError } from '@wrale/kernel'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import {
  type Certificate,
  type Identity,
  openCertificate,
  proveRotation,
  type RotationTranscript,
  verifyCertificate,
  verifyRotation,
} from '@wrale/protocol/signing'
import {
  enrolGrantReplySchema,
  enrolNonceBytes,
  maxEnrolBytes,
  rotationChallengeReplySchema,
  rotationHandoverSchema,
  type RotationRequest,
} from '@wrale/protocol/wire'
import { unlessRefused } from '../refusals.ts'
import { LibP2PFrames } from '../transport/libp2p/frames.ts'
import type { FrameStream } from '../transport/transport.ts'
import type { EnrolmentDesk, Membership } from '../types.ts'

/** The place of a member, to be handed to the key that speaks. */
export interface HandedPlace {
  readonly fleet: FleetId
  /** The key that has it. */
  readonly old: Identity
  readonly certificate: Certificate
}

interface Ends {
  readonly self: PeerIdText
  readonly remote: PeerIdText
}

function nonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(enrolNonceBytes))
}

/**
 * The member's side, on a stream that it opened under its new key.
 * @throws FleetError of the station's refusal; NOT_MEMBER or ENROL_REFUSED when the other side is no station of the fleet
 */
export async function askToRotate(
  stream: Stream,
  { self, remote, signal }: Ends & { readonly signal: AbortSignal },
  { fleet, old, certificate }: HandedPlace,
): Promise<Membership> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxEnrolBytes, signal })
  const successorNonce = nonce()
  await frames.write({ fleet, rotate: certificate.sealed, nonce: successorNonce } satisfies RotationRequest)
  const challenge = unlessRefused(await frames.read(rotationChallengeReplySchema))
  const station = await verifyCertificate(challenge.certificate, { fleet, subject: remote })
  if (station.role !== 'station') throw new FleetError('ENROL_REFUSED', 'the other side is no station')
  const transcript = { fleet, successor: self, station: remote, successorNonce, stationNonce: challenge.nonce }
  await frames.write({ handover: await proveRotation(transcript, old) })
  const grant = unlessRefused(await frames.read(enrolGrantReplySchema))
  await frames.close()
  return { fleet, certificate: await verifyCertificate(grant.certificate, { fleet, subject: self }) }
}

/** The station's side, after the request. @throws FleetError when it is refused */
export async function converseRotation(
  frames: FrameStream,
  { self, remote }: Ends,
  membership: Membership,
  desk: EnrolmentDesk,
  { fleet, rotate, nonce: successorNonce }: RotationRequest,
): Promise<Certificate> {
  if (desk.rotate === undefined) throw new FleetError('ENROL_REFUSED', 'this station gives no new keys')
  const transcript: RotationTranscript = {
    fleet,
    successor: remote,
    station: self,
    successorNonce,
    stationNonce: nonce(),
  }
  const old = await openCertificate(rotate, fleet)
  await frames.write({ nonce: transcript.stationNonce, certificate: membership.certificate.sealed })
  const { handover } = await frames.read(rotationHandoverSchema)
  await verifyRotation(handover, transcript, old.subject)
  const certificate = await desk.rotate(old, remote)
  await frames.write({ certificate: certificate.sealed })
  return certificate
}
