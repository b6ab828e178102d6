import type { Stream } from '@libp2p/interface'
import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { enrolProof, type EnrolTranscript, type JoinToken, sameProof } from '@wrale/protocol/membership'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import {
  enrolChallengeReplySchema,
  enrolGrantReplySchema,
  enrolNonceBytes,
  enrolProofSchema,
  type EnrolRequest,
  enrolRequestSchema,
  isRotation,
  maxEnrolBytes,
  refusalOf,
} from '@wrale/protocol/wire'
import { unlessRefused } from '../refusals.ts'
import { LibP2PFrames } from '../transport/libp2p/frames.ts'
import type { FrameStream } from '../transport/transport.ts'
import type { EnrolmentDesk, Membership } from '../types.ts'
import { converseRotation } from './rotation.ts'

/** Both ends of the connection, as Noise authenticated them. */
interface Ends {
  readonly self: PeerIdText
  readonly remote: PeerIdText
  readonly signal: AbortSignal
}

function nonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(enrolNonceBytes))
}

/**
 * The joiner's side: asks to become a member, on a stream that it opened.
 * @throws FleetError of the station's refusal; NOT_MEMBER or ENROL_REFUSED when the other side cannot prove itself
 */
export async function askToEnrol(
  stream: Stream,
  { self, remote, signal }: Ends,
  token: JoinToken,
  me: Pick<EnrolRequest, 'name' | 'software'>,
): Promise<Membership> {
  const { fleet, id: tokenId, secret } = token
  const frames = new LibP2PFrames(stream, { maxBytes: maxEnrolBytes, signal })
  const joinerNonce = nonce()
  await frames.write({ fleet, tokenId, nonce: joinerNonce, ...me } satisfies EnrolRequest)

  const challenge = unlessRefused(await frames.read(enrolChallengeReplySchema))
  const station = await verifyCertificate(challenge.certificate, { fleet, subject: remote })
  if (station.role !== 'station') throw new FleetError('ENROL_REFUSED', 'the other side is no station')
  const transcript: EnrolTranscript = {
    tokenId,
    joiner: self,
    station: remote,
    joinerNonce,
    stationNonce: challenge.nonce,
  }
  if (!sameProof(challenge.proof, enrolProof(secret, 'station', transcript))) {
    throw new FleetError('ENROL_REFUSED', 'the station cannot prove that it knows the join token')
  }

  await frames.write({ proof: enrolProof(secret, 'joiner', transcript) })
  const grant = unlessRefused(await frames.read(enrolGrantReplySchema))
  await frames.close()
  return { fleet, certificate: await verifyCertificate(grant.certificate, { fleet, subject: self }) }
}

/**
 * The station's side: answers on a stream that a joiner opened.
 * @returns what was granted
 * @throws FleetError when the joiner was refused; it has been told
 */
export async function answerEnrol(
  stream: Stream,
  ends: Ends,
  membership: Membership,
  desk: EnrolmentDesk,
): Promise<Certificate> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxEnrolBytes, signal: ends.signal })
  try {
    return await converse(frames, ends, membership, desk)
  } catch (error) {
    const refused = toFleetError(error)
    // What is not meant for callers stays here; telling the rest is a courtesy to a peer that may be gone.
    const told = refused.code === 'INTERNAL' ? new FleetError('INTERNAL', 'the station failed') : refused
    await frames.write(refusalOf(told)).catch(() => undefined)
    throw refused
  } finally {
    await frames.close()
  }
}

async function converse(
  frames: FrameStream,
  { self, remote }: Ends,
  membership: Membership,
  desk: EnrolmentDesk,
): Promise<Certificate> {
  const request = await frames.read(enrolRequestSchema)
  if (request.fleet !== membership.fleet) throw new FleetError('ENROL_REFUSED', 'this station belongs to another fleet')
  if (isRotation(request)) return converseRotation(frames, { self, remote }, membership, desk, request)
  const { tokenId, nonce: joinerNonce, name } = request
  const secret = await desk.secretOf(tokenId)
  const transcript: EnrolTranscript = { tokenId, joiner: remote, station: self, joinerNonce, stationNonce: nonce() }
  await frames.write({
    nonce: transcript.stationNonce,
    proof: enrolProof(secret, 'station', transcript),
    certificate: membership.certificate.sealed,
  })
  const { proof } = await frames.read(enrolProofSchema)
  if (!sameProof(proof, enrolProof(secret, 'joiner', transcript))) {
    throw new FleetError('ENROL_REFUSED', 'the joiner cannot prove that it knows the join token')
  }
  const certificate = await desk.grant(tokenId, { id: remote, name })
  await frames.write({ certificate: certificate.sealed })
  return certificate
}
