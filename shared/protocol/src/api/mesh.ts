import { z } from 'zod'
import { memberRoleSchema, peerIdSchema } from '../ids.ts'
import { nodeStateSchema, timestampSchema } from './node.ts'

/** Who is linked to whom, as the members themselves say. */
export const meshViewSchema = z.object({
  at: timestampSchema,
  /** Hash of all records that this station holds, hexadecimal: equal on members that hold the same. */
  digest: z.string().optional(),
  members: z.array(
    z.object({
      id: peerIdSchema,
      name: z.string(),
      role: memberRoleSchema,
      /** Nodes as in their list; stations `ok` or `lost`. */
      state: nodeStateSchema,
      /** This station. */
      self: z.boolean(),
      /** Its clock minus fleet time, ms, as far as known. */
      clockErrorMs: z.number().optional(),
      /** When it last told its links; null when it never did. */
      toldAt: timestampSchema.nullable(),
    }),
  ),
  /** One entry per pair that at least one side names; `a` < `b`. */
  links: z.array(
    z.object({
      a: peerIdSchema,
      b: peerIdSchema,
      /** Round trip as `a` and as `b` measured it, ms. */
      rttMsFromA: z.number().optional(),
      rttMsFromB: z.number().optional(),
      /** Share of beats and pings that went unanswered lately, as either side saw it, 0 to 1. */
      lossRatio: z.number().min(0).max(1).optional(),
      /** Only one side names the link: it is coming up, or one side is mistaken. */
      oneSided: z.boolean(),
    }),
  ),
})
export type MeshView = z.infer<typeof meshViewSchema>
