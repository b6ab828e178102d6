import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, type PeerIdText, peerIdSchema } from '../ids.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

/** What both sides of a rotation have seen. The peer ids are those that Noise authenticated, not those that were claimed. */
const transcriptSchema = z.tuple([fleetIdSchema, peerIdSchema, peerIdSchema, bytesSchema(32), bytesSchema(32)])
export interface RotationTranscript {
  readonly fleet: z.infer<typeof fleetIdSchema>
  /** The new key. */
  readonly successor: PeerIdText
  readonly station: PeerIdText
  readonly successorNonce: Uint8Array
  readonly stationNonce: Uint8Array
}

/** Largest proof, bytes. */
const maxRotationProofBytes = 512

const rotationEnvelope: EnvelopeKind<typeof transcriptSchema> = {
  domain: 'wrale-rotation/1',
  schema: transcriptSchema,
  maxBytes: maxRotationProofBytes,
}

/**
 * A member's word, under the key that it has, that another key takes its place: good for one station and one conversation only. That it holds the
 * other key it shows by speaking with it.
 */
export function proveRotation(transcript: RotationTranscript, old: Identity): Promise<Uint8Array> {
  return seal(rotationEnvelope, listed(transcript), old)
}

/** @throws FleetError ENROL_REFUSED unless `old` said so in this conversation; SIGNATURE_INVALID, FRAME_INVALID */
export async function verifyRotation(
  sealed: Uint8Array,
  transcript: RotationTranscript,
  old: PeerIdText,
): Promise<void> {
  const { signer, content } = await open(rotationEnvelope, sealed)
  const expected = listed(transcript)
  const same = content.every((part, index) => sameAs(part, expected[index]))
  if (signer !== old || !same) throw new FleetError('ENROL_REFUSED', 'the old key did not hand its place to this one')
}

function listed({
  fleet,
  successor,
  station,
  successorNonce,
  stationNonce,
}: RotationTranscript): z.infer<typeof transcriptSchema> {
  return [fleet, successor, station, successorNonce, stationNonce]
}

function sameAs(a: string | Uint8Array, b: string | Uint8Array | undefined): boolean {
  if (typeof a === 'string' || typeof b === 'string' || b === undefined) return a === b
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
