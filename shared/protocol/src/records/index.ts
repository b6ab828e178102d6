export { type InventoryBody, inventoryBodySchema, type StatusBody, statusBodySchema } from './bodies.ts'
export {
  type FleetRecord,
  type Hlc,
  hlcSchema,
  maxRecordBytes,
  type RecordBodies,
  type RecordKind,
  type RecordPayload,
  recordPayloadSchema,
} from './record.ts'
export {
  type EventBody,
  eventBodySchema,
  type FieldValue,
  fieldValueSchema,
  type IntentBody,
  intentBodySchema,
  type ObjectRef,
  objectRefSchema,
} from './intent.ts'
export { type Link, type LinksBody, linksBodySchema, maxLinksPerRecord } from './links.ts'
export { type RefusedPeer, securityEvent } from './security-event.ts'
export {
  type AnyPayload,
  anyPayloadSchema,
  isReadable,
  maxOpaqueKept,
  opaquePayloadSchema,
  type OpaqueRecord,
} from './opaque.ts'
