export {
  type CreatedJoinToken,
  createdJoinTokenSchema,
  joinTokenRequestSchema,
  joinTokenSchema,
  type JoinTokenView,
  type Session,
  sessionSchema,
  type SignInLink,
  signInLinkSchema,
} from './access.ts'
export { type Contract, contract } from './contract.ts'
export { type Fleet, type FleetEvent, fleetEventSchema, fleetSchema, type Station, stationSchema } from './fleet.ts'
export { maxSeriesPoints, type MetricsAnswer, metricsAnswerSchema, metricsQuerySchema, type Series } from './history.ts'
export {
  type Node,
  type NodeDetail,
  nodeDetailSchema,
  nodeSchema,
  type NodeState,
  nodeStateSchema,
  timestampSchema,
  type Witness,
} from './node.ts'
export {
  type NodeHardware,
  nodeHardwareSchema,
  type NodeHistory,
  type NodeHistoryRequest,
  nodeHistorySchema,
  type NodeMaintenance,
  type NodeSafety,
  nodeSafetySchema,
  type NodeSimulator,
  setLineAnswerSchema,
} from './node-control.ts'
export { type Problem, problemContentType, problemOf, problemSchema } from './problem.ts'
export {
  type MemberView,
  claimRequestSchema,
  memberSchema,
  memberStateSchema,
  type PendingClaim,
  pendingClaimSchema,
  recoveryKitSchema,
  replaceRequestSchema,
  revokeRequestSchema,
} from './members.ts'
export {
  changeSchema,
  type Conflict,
  conflictSchema,
  groupChangeSchema,
  groupSchema,
  type GroupView,
  historyQuerySchema,
  type NodeChange,
  nodeChangeSchema,
  type ObjectChange,
  settledSchema,
  settleRequestSchema,
} from './objects.ts'
export {
  groupNameSchema,
  labelKeySchema,
  labelsSchema,
  labelValueSchema,
  type NodeNotes,
  nodeNotesSchema,
  noteSchema,
  type Place,
  placePartSchema,
  placeSchema,
} from './notes.ts'
export type { FieldValue } from '../records/intent.ts'
export { formatSelector, parseSelector, type Selector, selects } from './selector.ts'
export { type MeshView, meshViewSchema } from './mesh.ts'
export { eventSchema, eventSeveritySchema, eventsQuerySchema, type EventView } from './events.ts'
