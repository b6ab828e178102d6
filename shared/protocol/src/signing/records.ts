import type { FleetRecord, RecordPayload } from '../records/index.ts'
import { maxRecordBytes, recordPayloadSchema } from '../records/index.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

const recordEnvelope: EnvelopeKind<typeof recordPayloadSchema> = {
  domain: 'wrale-record/1',
  schema: recordPayloadSchema,
  maxBytes: maxRecordBytes,
}

export async function sealRecord(payload: RecordPayload, identity: Identity): Promise<FleetRecord> {
  const sealed = await seal(recordEnvelope, payload, identity)
  return { ...payload, author: identity.id, sealed }
}

/** @throws FleetError as `open` does */
export async function openRecord(sealed: Uint8Array): Promise<FleetRecord> {
  const { signer, content } = await open(recordEnvelope, sealed)
  return { ...content, author: signer, sealed }
}
