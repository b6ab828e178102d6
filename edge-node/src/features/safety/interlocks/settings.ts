import { z } from 'zod'

export const interlockSettingsSchema = z.strictObject({
  /** Longest that an override can be asked for, ms. */
  maxOverrideMs: z.number().int().min(1000).max(86_400_000).default(3_600_000),
})
export type InterlockSettings = z.output<typeof interlockSettingsSchema>

/** What an operator may set: in place of the policies by an override, else only to the safer side of them. */
export const wishSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fan'), duty: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('cpu-limit'), ratio: z.number().min(0.05).max(1) }),
  z.strictObject({ kind: z.literal('services'), keepFrom: z.number().int().min(0).max(100) }),
  z.strictObject({ kind: z.literal('writes'), mode: z.enum(['usual', 'sparing', 'essential', 'none']) }),
  z.strictObject({ kind: z.literal('alarm'), on: z.boolean() }),
  /** Keep on although a policy wants to shut the machine down. It does not hold against a final shutdown. */
  z.strictObject({ kind: z.literal('stay-on') }),
])
export type Wish = z.output<typeof wishSchema>

/** Leave to go against a safety action. `untilMs` is on the clock of `nowMs`. */
export const overrideSchema = z.strictObject({
  who: z.string().trim().min(1).max(64),
  why: z.string().trim().min(1).max(120),
  what: wishSchema,
  untilMs: z.number(),
})
export type Override = z.output<typeof overrideSchema>
