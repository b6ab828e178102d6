import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, memberNameSchema, softwareVersionSchema } from '../ids.ts'
import { refusalSchema } from './refusal.ts'

/**
 * Enrolment with a join token, on one stream that the joiner opens to a station:
 * request ->, <- challenge, proof ->, <- grant. Any answer may be a refusal instead. Nothing secret crosses the wire.
 */
export const enrolProtocol = '/wrale/enrol/1'
export const maxEnrolBytes = 4096
export const enrolNonceBytes = 32

export const enrolRequestSchema = z.looseObject({
  fleet: fleetIdSchema,
  tokenId: bytesSchema(8),
  nonce: bytesSchema(enrolNonceBytes),
  name: memberNameSchema,
  software: softwareVersionSchema,
})
export type EnrolRequest = z.infer<typeof enrolRequestSchema>

/** The station proves that it knows the secret, and with its certificate that it belongs to the fleet the token names. */
export const enrolChallengeSchema = z.looseObject({
  nonce: bytesSchema(enrolNonceBytes),
  proof: bytesSchema(32),
  certificate: bytesSchema(1, 2048),
})
export type EnrolChallenge = z.infer<typeof enrolChallengeSchema>
export const enrolChallengeReplySchema = z.union([enrolChallengeSchema, refusalSchema])

export const enrolProofSchema = z.looseObject({ proof: bytesSchema(32) })

export const enrolGrantSchema = z.looseObject({ certificate: bytesSchema(1, 2048) })
export const enrolGrantReplySchema = z.union([enrolGrantSchema, refusalSchema])
