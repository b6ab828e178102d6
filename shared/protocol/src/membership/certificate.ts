import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, fleetNameSchema, memberNameSchema, memberRoleSchema, peerIdSchema } from '../ids.ts'

/** Largest sealed certificate, bytes, the one of its issuer included. */
export const maxCertificateBytes = 2048
/** Largest sealed certificate of an issuer, bytes: it travels inside of those that it signs. */
export const maxIssuerBytes = 1024

/** May sign certificates for others. */
export const adminGrant = 'admin'

/** What a fleet's root key, or a station that may, says of a member. */
export const certificateContentSchema = z.looseObject({
  fleet: fleetIdSchema,
  fleetName: fleetNameSchema,
  subject: peerIdSchema,
  role: memberRoleSchema,
  name: memberNameSchema,
  serial: bytesSchema(16),
  /** Issuer's wall clock, milliseconds since the Unix epoch; informs people, decides nothing, for clocks are wrong here. */
  notBefore: z.number().int().min(0),
  /** Fleet time, milliseconds since the Unix epoch, after which others no longer link to the member; absent: never. */
  notAfter: z.number().int().min(0).optional(),
  /** What the member may do beyond its role. Grants that this software does not know give nothing. */
  grants: z.array(z.string().min(1).max(32)).max(8).optional(),
  /** Sealed certificate of the station that signed, which the root key signed itself; absent: the root key signed. */
  issuer: bytesSchema(1, maxIssuerBytes).optional(),
})
export type CertificateContent = z.infer<typeof certificateContentSchema>
