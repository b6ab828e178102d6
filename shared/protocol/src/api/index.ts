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
export { type Problem, problemContentType, problemOf, problemSchema } from './problem.ts'
