import type { Stream } from '@libp2p/interface'
import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { claimProof, type ClaimTranscript, sameProof } from '@wrale/protocol/membership'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import {
  claimChallengeReplySchema,
  type ClaimDescription,
  claimDescriptionReplySchema,
  claimGrantReplySchema,
  claimMachineProofReplySchema,
  claimNonceBytes,
  type ClaimRequestFrame,
  claimRequestFrameSchema,
  claimStationProofSchema,
  claimTakenReplySchema,
  maxClaimBytes,
  refusalOf,
} from '@wrale/protocol/wire'
import { unlessRefused } from '../../refusals.ts'
import { LibP2PFrames } from '../../transport/libp2p/frames.ts'
import type { FrameStream } from '../../transport/transport.ts'
import type { Membership } from '../../types.ts'

/** Both ends of the connection, as Noise authenticated them. */
export interface Ends {
  readonly self: PeerIdText
  readonly remote: PeerIdText
  readonly signal: AbortSignal
}

/** Who answers to a code, and as what it wants to be certified. */
export type ClaimedMachine = ClaimDescription & { readonly id: PeerIdText }

/** Asks a machine who it is, on a stream that this side opened. @throws FleetError */
export async function lookAt(stream: Stream, signal: AbortSignal): Promise<ClaimDescription> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxClaimBytes, signal })
  await frames.write({ look: true } satisfies ClaimRequestFrame)
  const description = unlessRefused(await frames.read(claimDescriptionReplySchema))
  await frames.close()
  return description
}

export interface Claimant {
  readonly membership: Membership
  /** The code under the machine's id, stretched. */
  readonly stretched: Uint8Array
  /** Signs the machine's certificate, or throws why it may not have one. */
  readonly certify: (machine: ClaimedMachine) => Promise<Certificate>
}

/**
 * The station's side, on a stream that it opened to a machine.
 * @returns the certificate that the machine took
 * @throws FleetError ENROL_REFUSED when the code is not the machine's, in either direction; the machine's refusal; what `certify` throws
 */
export async function claimMachine(
  stream: Stream,
  { self, remote, signal }: Ends,
  { membership, stretched, certify }: Claimant,
): Promise<Certificate> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxClaimBytes, signal })
  const { fleet, certificate: own } = membership
  const stationNonce = nonce()
  await frames.write({ fleet, nonce: stationNonce, certificate: own.sealed } satisfies ClaimRequestFrame)
  const { nonce: machineNonce } = unlessRefused(await frames.read(claimChallengeReplySchema))
  const transcript: ClaimTranscript = { fleet, machine: remote, station: self, machineNonce, stationNonce }
  await frames.write({ proof: claimProof(stretched, 'station', transcript) })
  const { proof, ...description } = unlessRefused(await frames.read(claimMachineProofReplySchema))
  if (!sameProof(proof, claimProof(stretched, 'machine', transcript)))
    throw new FleetError('ENROL_REFUSED', 'the machine cannot prove that the code is its own')
  const granted = await toldWhy(frames, () => certify({ ...description, id: remote }))
  await frames.write({ certificate: granted.sealed })
  unlessRefused(await frames.read(claimTakenReplySchema))
  await frames.close()
  return granted
}

export interface Waiting {
  readonly description: ClaimDescription
  /** This machine's code under its own id, stretched. */
  readonly stretched: Uint8Array
  /** Called before anything is read. @throws FleetError RATE_LIMITED */
  readonly enter: () => void
  /** Called before a guess is answered. @throws FleetError RATE_LIMITED */
  readonly allow: () => void
  /** The guess was right. */
  readonly guessed: () => void
  /** Keeps the membership so that it outlives the process. Called once. @throws FleetError CONFLICT when another claim was faster */
  readonly keep: (membership: Membership) => Promise<void>
}

/**
 * The machine's side, on a stream that somebody opened to it.
 * @returns the membership that was taken; undefined when somebody only looked
 * @throws FleetError when the other side was refused; it has been told
 */
export async function answerClaim(stream: Stream, ends: Ends, waiting: Waiting): Promise<Membership | undefined> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxClaimBytes, signal: ends.signal })
  try {
    return await toldWhy(frames, () => converse(frames, ends, waiting))
  } finally {
    await frames.close()
  }
}

async function converse(
  frames: FrameStream,
  { self, remote }: Ends,
  { description, stretched, enter, allow, guessed, keep }: Waiting,
): Promise<Membership | undefined> {
  enter()
  const request = await frames.read(claimRequestFrameSchema)
  if ('look' in request) {
    await frames.write(description)
    return undefined
  }
  allow()
  const { fleet, nonce: stationNonce } = request
  const station = await verifyCertificate(request.certificate, { fleet, subject: remote })
  if (station.role !== 'station') throw new FleetError('ENROL_REFUSED', 'the other side is no station')
  const machineNonce = nonce()
  await frames.write({ nonce: machineNonce })
  const { proof } = await frames.read(claimStationProofSchema)
  const transcript: ClaimTranscript = { fleet, machine: self, station: remote, machineNonce, stationNonce }
  if (!sameProof(proof, claimProof(stretched, 'station', transcript)))
    throw new FleetError('ENROL_REFUSED', 'this is not the claim code of this machine')
  guessed()
  await frames.write({ ...description, proof: claimProof(stretched, 'machine', transcript) })
  const grant = unlessRefused(await frames.read(claimGrantReplySchema))
  const certificate = await verifyCertificate(grant.certificate, { fleet, subject: self })
  if (certificate.role !== description.role)
    throw new FleetError('ENROL_REFUSED', `the certificate is for a ${certificate.role}`)
  const membership = { fleet, certificate }
  await keep(membership)
  // It is a member now, whether the station hears of it or not.
  await frames.write({ taken: true }).catch(() => undefined)
  return membership
}

/** Tells the other side why, when a step fails; it may be gone. */
async function toldWhy<T>(frames: FrameStream, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (thrown) {
    const error = toFleetError(thrown)
    const told = error.code === 'INTERNAL' ? new FleetError('INTERNAL', 'the other side failed') : error
    await frames.write(refusalOf(told)).catch(() => undefined)
    throw error
  }
}

function nonce(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(claimNonceBytes))
}
