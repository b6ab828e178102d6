import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { describeIssues } from '../cbor.ts'
import type { FleetRecord, RecordPayload } from '../records/index.ts'
import { maxRecordBytes, recordPayloadSchema } from '../records/index.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

const recordEnvelope: EnvelopeKind<typeof recordPayloadSchema> = {
  domain: 'wrale-record/1',
  schema: recordPayloadSchema,
  maxBytes: maxRecordBytes,
}

/**
 * @returns the record as everybody else will read it: values are rounded to what the wire carries
 * @throws FleetError INPUT_INVALID when the payload does not fit its schema; TOO_LARGE
 */
export async function sealRecord(payload: RecordPayload, identity: Identity): Promise<FleetRecord> {
  const wire = z.safeEncode(recordPayloadSchema, payload)
  if (!wire.success) throw new FleetError('INPUT_INVALID', describeIssues(wire.error), { kind: payload.kind })
  const sealed = await seal(recordEnvelope, wire.data, identity)
  return { ...recordPayloadSchema.parse(wire.data), author: identity.id, sealed }
}

/** @throws FleetError as `open` does */
export async function openRecord(sealed: Uint8Array): Promise<FleetRecord> {
  const { signer, content } = await open(recordEnvelope, sealed)
  return { ...content, author: signer, sealed }
}
