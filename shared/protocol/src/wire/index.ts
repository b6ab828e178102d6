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
export {
  type LinkFrame,
  linkFrameSchema,
  linkProtocol,
  maxExchangedPeers,
  maxLinkFrameBytes,
  maxPushRecords,
  maxRecordIds,
  recordIdBytes,
} from './link.ts'
export { type Hello, helloProtocol, helloReplySchema, helloSchema, maxHelloAddresses, maxHelloBytes } from './hello.ts'
export { bucketOf, type Digest, digestHashBytes, hashDigest, splitDigest } from './digest.ts'
export {
  digestParts,
  digestSchema,
  maxBatchRecords,
  maxDigestEntries,
  maxSyncFrameBytes,
  syncAnswerSchema,
  type SyncFrame,
  syncFrameSchema,
  syncPartsSchema,
  syncProtocol,
  type SyncRequest,
  syncRequestSchema,
  syncSelectionSchema,
  wholeDigestEntries,
} from './records.ts'
export { errorOfRefusal, type Refusal, refusalOf, refusalSchema } from './refusal.ts'
