import { z } from 'zod'
import { multiaddrSchema } from '../config/edge.ts'
import { memberNameSchema, memberRoleSchema, peerIdSchema } from '../ids.ts'
import { timestampSchema } from './node.ts'

const personSchema = z.object({ id: peerIdSchema, name: z.string() })

/** `active`; `revoked`: put out of the fleet; `replaced`: its key was rotated or another board took its place; `expired`: its certificate ran out. */
export const memberStateSchema = z.enum(['active', 'revoked', 'replaced', 'expired'])

export const memberSchema = z.object({
  id: peerIdSchema,
  name: z.string(),
  role: memberRoleSchema,
  state: memberStateSchema,
  /** This station. */
  self: z.boolean(),
  /** May sign certificates for others. */
  admin: z.boolean(),
  /** Hexadecimal serial number of its certificate. */
  serial: z.string(),
  issuedAt: timestampSchema,
  /** Station that signed its certificate; null: the fleet's root key. */
  issuedBy: personSchema.nullable(),
  expiresAt: timestampSchema.nullable(),
  lastSeen: timestampSchema.nullable(),
  revokedAt: timestampSchema.nullable(),
  revokedBy: personSchema.nullable(),
  /** Why it was put out, in the operator's words. */
  reason: z.string().nullable(),
  replacedBy: personSchema.nullable(),
  /** Two live boards answer with its key. Where they were seen. */
  clonedAt: z.array(z.string()),
})
export type MemberView = z.infer<typeof memberSchema>

/** `id` is put out; the member `by` has its place, labels and notes from then on. */
export const replaceRequestSchema = z.object({
  id: peerIdSchema,
  by: peerIdSchema,
  reason: z.string().trim().min(1).max(200).optional(),
})

export const revokeRequestSchema = z.object({ id: peerIdSchema, reason: z.string().trim().min(1).max(200).optional() })

/** A machine on the network that belongs to no fleet and waits for somebody to enter its claim code. */
export const pendingClaimSchema = z.object({
  id: peerIdSchema,
  name: memberNameSchema,
  role: memberRoleSchema,
  model: z.string().nullable(),
  software: z.string(),
  address: z.string(),
  /** First character of its claim code, so that a machine can be told from others by its console. */
  hint: z.string().optional(),
  firstSeen: timestampSchema,
  lastSeen: timestampSchema,
})
export type PendingClaim = z.infer<typeof pendingClaimSchema>

/** A claim code as people type it: capitals, spaces and dashes are forgiven. */
export const claimRequestSchema = z.object({
  code: z.string().trim().min(1).max(64),
  /** Name in the fleet. Default: what the machine calls itself. */
  name: memberNameSchema.optional(),
  /** What the machine must be. Default: whatever it says. */
  role: memberRoleSchema.optional(),
  /** Multiaddr of the machine, where the network does not let it be found. */
  address: multiaddrSchema.optional(),
})

/** The words that bring the root key back (BIP-39, 24 words), for the time when every laptop is lost. */
export const recoveryKitSchema = z.object({ fleet: z.string(), words: z.array(z.string()).length(24) })
