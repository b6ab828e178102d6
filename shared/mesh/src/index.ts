export {
  awaitClaim,
  type AwaitClaimDeps,
  type AwaitClaimOptions,
  claimCodeFor,
} from './enrolment/claim/await-claim.ts'
export { ClaimSearch, type ClaimSearchDeps, type ClaimSearchOptions } from './enrolment/claim/claim-search.ts'
export type { ClaimedMachine } from './enrolment/claim/conversation.ts'
export type { PendingMachine } from './enrolment/claim/pending.ts'
export { enrol, type EnrolDeps, type EnrolOptions } from './enrolment/enrol.ts'
export { createMesh, type MeshRuntime } from './mesh.ts'
export { defaultTuning, type MeshTuning, stationTuning } from './tuning.ts'
export type * from './types.ts'
