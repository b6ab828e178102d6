export {
  enrolChallengeReplySchema,
  type EnrolChallenge,
  enrolGrantReplySchema,
  enrolNonceBytes,
  enrolProofSchema,
  enrolProtocol,
  type EnrolRequest,
  enrolRequestSchema,
  maxEnrolBytes,
} from './enrol.ts'
export { type Hello, helloProtocol, helloReplySchema, helloSchema, maxHelloBytes } from './hello.ts'
export {
  gossipBatchSchema,
  maxBatchRecords,
  maxDigestEntries,
  maxGossipBytes,
  maxSyncFrameBytes,
  recordsTopic,
  type SyncFrame,
  syncFrameSchema,
  syncProtocol,
  type SyncRequest,
  syncRequestSchema,
} from './records.ts'
export { errorOfRefusal, type Refusal, refusalOf, refusalSchema } from './refusal.ts'
