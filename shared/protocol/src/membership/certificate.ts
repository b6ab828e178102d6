import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, fleetNameSchema, memberNameSchema, memberRoleSchema, peerIdSchema } from '../ids.ts'

/** What a fleet's root key says of a member. */
export const certificateContentSchema = z.looseObject({
  fleet: fleetIdSchema,
  fleetName: fleetNameSchema,
  subject: peerIdSchema,
  role: memberRoleSchema,
  name: memberNameSchema,
  serial: bytesSchema(16),
  /** Issuer's wall clock, milliseconds since the Unix epoch; informs people, decides nothing, for clocks are wrong here. */
  notBefore: z.number().int().min(0),
})
export type CertificateContent = z.infer<typeof certificateContentSchema>
