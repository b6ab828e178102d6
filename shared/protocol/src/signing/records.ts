import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { describeIssues } from '../cbor.ts'
import {
  anyPayloadSchema,
  type FleetRecord,
  isReadable,
  maxRecordBytes,
  opaquePayloadSchema,
  type OpaqueRecord,
  type RecordPayload,
  recordPayloadSchema,
} from '../records/index.ts'
import { type EnvelopeKind, open, seal } from './envelope.ts'
import type { Identity } from './keys.ts'

const recordEnvelope: EnvelopeKind<typeof anyPayloadSchema> = {
  domain: 'wrale-record/1',
  schema: anyPayloadSchema,
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
  return { ...fitting(recordPayloadSchema, wire.data), author: identity.id, sealed }
}

/**
 * Opens a record, of newer software too. What software of this version should be able to read must fit its schema.
 * @throws FleetError as `open` does
 */
export async function openRecord(sealed: Uint8Array): Promise<FleetRecord | OpaqueRecord> {
  const { signer: author, content } = await open(recordEnvelope, sealed)
  if (isReadable(content)) return { ...fitting(recordPayloadSchema, content), author, sealed }
  const { kind, v = 1, keep, seq, prev, hlc } = fitting(opaquePayloadSchema, content)
  return { kind: 'opaque', of: `${kind}/${v}`, keep, seq, prev, hlc, author, sealed }
}

function fitting<S extends z.ZodType>(schema: S, content: unknown): z.output<S> {
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  throw new FleetError('FRAME_INVALID', describeIssues(parsed.error), {}, { cause: parsed.error })
}
