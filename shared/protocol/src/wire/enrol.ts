import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, memberNameSchema, softwareVersionSchema } from '../ids.ts'
import { maxCertificateBytes } from '../membership/certificate.ts'
import { refusalSchema } from './refusal.ts'

/**
 * Enrolment with a join token, on one stream that the joiner opens to a station:
 * request ->, <- challenge, proof ->, <- grant. Any answer may be a refusal instead. Nothing secret crosses the wire.
 */
export const enrolProtocol = '/wrale/enrol/1'
export const maxEnrolBytes = 4096
export const enrolNonceBytes = 32

const tokenRequestSchema = z.looseObject({
  fleet: fleetIdSchema,
  tokenId: bytesSchema(8),
  nonce: bytesSchema(enrolNonceBytes),
  name: memberNameSchema,
  software: softwareVersionSchema,
})
export type EnrolRequest = z.infer<typeof tokenRequestSchema>

/** A member that speaks with a new key asks for the place of the old one: request ->, <- challenge, handover ->, <- grant. */
const rotationRequestSchema = z.looseObject({
  fleet: fleetIdSchema,
  /** Sealed certificate of the old key. */
  rotate: bytesSchema(1, maxCertificateBytes),
  nonce: bytesSchema(enrolNonceBytes),
})
export type RotationRequest = z.infer<typeof rotationRequestSchema>
export const enrolRequestSchema = z.union([tokenRequestSchema, rotationRequestSchema])

export function isRotation(request: EnrolRequest | RotationRequest): request is RotationRequest {
  return !Object.hasOwn(request, 'tokenId')
}

/** The station is known by its certificate and the connection; there is no secret to prove. */
export const rotationChallengeReplySchema = z.union([
  z.looseObject({ nonce: bytesSchema(enrolNonceBytes), certificate: bytesSchema(1, maxCertificateBytes) }),
  refusalSchema,
])

/** Sealed by the old key, see `proveRotation`. */
export const rotationHandoverSchema = z.looseObject({ handover: bytesSchema(1, 512) })

/** The station proves that it knows the secret, and with its certificate that it belongs to the fleet the token names. */
export const enrolChallengeSchema = z.looseObject({
  nonce: bytesSchema(enrolNonceBytes),
  proof: bytesSchema(32),
  certificate: bytesSchema(1, maxCertificateBytes),
})
export type EnrolChallenge = z.infer<typeof enrolChallengeSchema>
export const enrolChallengeReplySchema = z.union([enrolChallengeSchema, refusalSchema])

export const enrolProofSchema = z.looseObject({ proof: bytesSchema(32) })

export const enrolGrantSchema = z.looseObject({ certificate: bytesSchema(1, maxCertificateBytes) })
export const enrolGrantReplySchema = z.union([enrolGrantSchema, refusalSchema])
