export {
  type Certificate,
  isAdmin,
  isExpired,
  issueCertificate,
  openCertificate,
  verifyCertificate,
} from './certificates.ts'
export { type EnvelopeKind, open, type Opened, seal } from './envelope.ts'
export {
  decodeIdentity,
  encodeIdentity,
  generateIdentity,
  type Identity,
  identityFromSeed,
  peerIdTextOf,
  seedOf,
} from './keys.ts'
export { openRecord, sealRecord } from './records.ts'
export { proveRotation, type RotationTranscript, verifyRotation } from './rotation.ts'
