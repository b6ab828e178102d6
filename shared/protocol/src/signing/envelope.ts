import { RecordEnvelope } from '@libp2p/peer-record'
import { FleetError } from '@wrale/kernel'
import type { z } from 'zod'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import type { PeerIdText } from '../ids.ts'
import { type Identity, peerIdTextOf } from './keys.ts'

/**
 * A kind of signed content. The domain goes into what is signed, so that bytes signed as one kind never pass as another
 * (libp2p RFC 0002, signed envelopes).
 */
export interface EnvelopeKind<S extends z.ZodType> {
  readonly domain: string
  readonly schema: S
  /** Largest envelope, bytes. */
  readonly maxBytes: number
}

/** @throws FleetError TOO_LARGE when the sealed bytes exceed the kind's limit */
export async function seal<S extends z.ZodType>(
  kind: EnvelopeKind<S>,
  content: z.input<S>,
  identity: Identity,
): Promise<Uint8Array> {
  const payload = encodeCbor(content)
  const codec = new TextEncoder().encode(kind.domain)
  const envelope = await RecordEnvelope.seal(
    { domain: kind.domain, codec, marshal: () => payload, equals: () => false },
    identity.privateKey,
  )
  const sealed = envelope.marshal()
  if (sealed.byteLength > kind.maxBytes) {
    throw new FleetError('TOO_LARGE', `${sealed.byteLength} bytes sealed where at most ${kind.maxBytes} are allowed`)
  }
  return sealed
}

export interface Opened<T> {
  readonly signer: PeerIdText
  readonly content: T
}

/**
 * Checks size, signature, canonical form, then content, in this order.
 * @throws FleetError FRAME_TOO_LARGE, SIGNATURE_INVALID or FRAME_INVALID
 */
export async function open<S extends z.ZodType>(
  kind: EnvelopeKind<S>,
  sealed: Uint8Array,
): Promise<Opened<z.output<S>>> {
  if (sealed.byteLength > kind.maxBytes) {
    throw new FleetError('FRAME_TOO_LARGE', `${sealed.byteLength} bytes where at most ${kind.maxBytes} are allowed`)
  }
  let envelope
  try {
    envelope = await RecordEnvelope.openAndCertify(sealed, kind.domain)
  } catch (error) {
    throw new FleetError(
      'SIGNATURE_INVALID',
      'the signature does not fit what was signed',
      { domain: kind.domain },
      { cause: error },
    )
  }
  // Protobuf has many encodings of one message. One only is accepted, so that the same content cannot come back as other bytes.
  const canonical = envelope.marshal()
  if (canonical.length !== sealed.length || canonical.some((byte, index) => byte !== sealed[index])) {
    throw new FleetError('FRAME_INVALID', 'the envelope is not in its one canonical form', { domain: kind.domain })
  }
  const signer = peerIdTextOf(envelope.publicKey)
  return { signer, content: decodeCbor(envelope.payload, kind.schema, { maxBytes: kind.maxBytes }) }
}
