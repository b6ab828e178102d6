export { adminGrant, type CertificateContent, certificateContentSchema } from './certificate.ts'
export { claimCodeOf, claimProof, type ClaimTranscript, formatClaimCode, parseClaimCode } from './claim-code.ts'
export { enrolProof, type EnrolTranscript, sameProof } from './enrol-proof.ts'
export { decodeJoinToken, encodeJoinToken, type JoinToken } from './join-token.ts'
export {
  certificateField,
  certificateIn,
  keptFields,
  keptMark,
  keptMarksIn,
  memberFields,
  memberObject,
  memberObjectType,
} from './member-object.ts'
export { TrustedTime } from './trusted-time.ts'
