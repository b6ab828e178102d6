import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, memberNameSchema, memberRoleSchema, softwareVersionSchema } from '../ids.ts'
import { maxCertificateBytes } from '../membership/certificate.ts'
import { refusalSchema } from './refusal.ts'

/**
 * A station takes in a machine that belongs to no fleet, on one stream that the station opens to it. The machine is asked who it is, and that may be all:
 * look ->, <- description. Or it is claimed with the code on its console, which neither side sends:
 * open ->, <- challenge, proof ->, <- proof, grant ->, <- taken. Any answer may be a refusal instead.
 */
export const claimProtocol = '/wrale/claim/1'
export const maxClaimBytes = 4096
export const claimNonceBytes = 32

const nonceSchema = bytesSchema(claimNonceBytes)
const proofSchema = bytesSchema(32)

/** What the station begins with. Its proof comes first, so that who only pretends to be a station gets nothing to guess codes against. */
export const claimRequestFrameSchema = z.union([
  z.looseObject({ look: z.literal(true) }),
  z.looseObject({
    fleet: fleetIdSchema,
    nonce: nonceSchema,
    /** The station's own sealed certificate. */
    certificate: bytesSchema(1, maxCertificateBytes),
  }),
])
export type ClaimRequestFrame = z.infer<typeof claimRequestFrameSchema>

/** How a machine describes itself to whoever asks. Nothing in it is secret, and nothing is taken for true. */
export const claimDescriptionSchema = z.looseObject({
  name: memberNameSchema,
  role: memberRoleSchema,
  model: z.string().max(128).optional(),
  software: softwareVersionSchema,
  /** First character of its claim code, so that a code is tried at the machines alone that it may belong to. 55 bits stay secret. */
  hint: z.string().length(1).optional(),
})
export type ClaimDescription = z.infer<typeof claimDescriptionSchema>
export const claimDescriptionReplySchema = z.union([claimDescriptionSchema, refusalSchema])

export const claimChallengeSchema = z.looseObject({ nonce: nonceSchema })
export const claimChallengeReplySchema = z.union([claimChallengeSchema, refusalSchema])

export const claimStationProofSchema = z.looseObject({ proof: proofSchema })

/** The machine's proof, and what it asks to be certified as. */
export const claimMachineProofSchema = claimDescriptionSchema.extend({ proof: proofSchema })
export const claimMachineProofReplySchema = z.union([claimMachineProofSchema, refusalSchema])

export const claimGrantSchema = z.looseObject({ certificate: bytesSchema(1, maxCertificateBytes) })
export const claimGrantReplySchema = z.union([claimGrantSchema, refusalSchema])

/** The machine keeps the certificate: it is a member from now on. */
export const claimTakenReplySchema = z.union([z.looseObject({ taken: z.literal(true) }), refusalSchema])
