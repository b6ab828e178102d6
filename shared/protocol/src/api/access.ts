import { z } from 'zod'
import { timestampSchema } from './node.ts'

export const joinTokenRequestSchema = z.object({
  /** What it is for, in the operator's words. */
  name: z.string().trim().min(1).max(64).default('join token'),
  ttlSeconds: z
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(86_400),
  maxUses: z.number().int().min(1).max(10_000).default(1),
  /** How long the certificates that it gives are good. Default: for ever. */
  membershipTtlSeconds: z
    .number()
    .int()
    .min(3600)
    .max(10 * 366 * 86_400)
    .optional(),
})

export const joinTokenSchema = z.object({
  /** Hexadecimal; names the token and is not secret. */
  id: z.string().regex(/^[0-9a-f]{16}$/, 'must be the 16 hexadecimal digits of a join token'),
  name: z.string(),
  createdAt: timestampSchema,
  expiresAt: timestampSchema,
  maxUses: z.number().int(),
  uses: z.number().int(),
  revoked: z.boolean(),
})
export type JoinTokenView = z.infer<typeof joinTokenSchema>

/** The only time that the token itself is shown. */
export const createdJoinTokenSchema = joinTokenSchema.extend({ token: z.string() })
export type CreatedJoinToken = z.infer<typeof createdJoinTokenSchema>

/** A link that signs in one browser, once, within its life. The code is in the fragment, so that no server log holds it. */
export const signInLinkSchema = z.object({ url: z.url(), expiresAt: timestampSchema })
export type SignInLink = z.infer<typeof signInLinkSchema>

/** Who the caller is to the station. */
export const sessionSchema = z.object({
  /** `local`: the local token of this machine; `browser`: a cookie from a sign-in link; `desktop`: the Electron window. */
  kind: z.enum(['local', 'browser', 'desktop']),
  since: timestampSchema,
  expiresAt: timestampSchema.nullable(),
})
export type Session = z.infer<typeof sessionSchema>
