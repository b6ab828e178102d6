export { bytesSchema } from './bytes.ts'
export { decodeCbor, type DecodeLimits, describeIssues, encodeCbor } from './cbor.ts'
export {
  defaultThresholds,
  type HealthAspect,
  healthAspectSchema,
  type HealthReason,
  healthReasonSchema,
  type HealthState,
  healthStateSchema,
  worseOf,
} from './health.ts'
export {
  type FleetId,
  fleetIdSchema,
  fleetNameSchema,
  memberNameSchema,
  type MemberRole,
  memberRoleSchema,
  peerIdSchema,
  type PeerIdText,
  shortIdBytes,
  shortIdOf,
  softwareVersionSchema,
} from './ids.ts'
export {
  metricCatalogue,
  type MetricDefinition,
  type MetricName,
  metricNames,
  metricNameSchema,
  type MetricUnit,
  type Readings,
  readingsSchema,
} from './metrics.ts'
