import { z } from 'zod'
import { fanCurveSchema, thermalProfileSchema } from './thermal.ts'

const name = z.string().min(1).max(64)
const sentence = z.string().max(240)
const ratio = z.number().min(0).max(1)
const priority = z.number().int().min(0).max(100)
/** How long ago, or for how long yet. An age needs no agreement on the time of day. */
const spanMs = z.number().min(0)

export const writeModeSchema = z.enum(['usual', 'sparing', 'essential', 'none'])

/** What an operator may have in place of the safety policies, for a time. */
export const wishSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fan'), duty: ratio }),
  z.strictObject({ kind: z.literal('cpu-limit'), ratio: z.number().min(0.05).max(1) }),
  z.strictObject({ kind: z.literal('services'), keepFrom: priority }),
  z.strictObject({ kind: z.literal('writes'), mode: writeModeSchema }),
  z.strictObject({ kind: z.literal('alarm'), on: z.boolean() }),
  /** Keep on although a policy wants to shut the machine down. It does not hold against a final shutdown. */
  z.strictObject({ kind: z.literal('stay-on') }),
])
export type Wish = z.infer<typeof wishSchema>

export const wishKindSchema = z.enum(['fan', 'cpu-limit', 'services', 'writes', 'alarm', 'stay-on'])
export type WishKind = z.infer<typeof wishKindSchema>

/** Why somebody goes against a safety policy, in their own words. */
export const whySchema = z.string().trim().min(1).max(120)

/** Longest that an override can be asked for, s; a node's own configuration may allow less. */
export const maxOverrideSeconds = 86_400

export const overrideRequestSchema = z.strictObject({
  what: wishSchema,
  why: whySchema,
  forSeconds: z.number().int().min(1).max(maxOverrideSeconds),
})
export type OverrideRequest = z.infer<typeof overrideRequestSchema>

/** Something that a node decided by itself. */
export const safetyDecisionSchema = z.object({
  policy: name,
  from: z.string().max(200),
  to: z.string().max(200),
  reason: sentence,
  /** Stable, for programs. */
  code: name,
  /** What it was decided on. */
  causes: z
    .array(
      z.object({
        name: z.string().max(200),
        value: z.union([z.number(), z.string().max(240), z.boolean(), z.null()]),
        unit: name,
        limit: z.number().optional(),
        ageMs: spanMs.optional(),
      }),
    )
    .max(16),
  agoMs: spanMs,
})
export type SafetyDecision = z.infer<typeof safetyDecisionSchema>

export const overrideViewSchema = z.object({
  what: wishSchema,
  who: z.string().max(64),
  why: z.string().max(120),
  endsInMs: spanMs,
})
export type OverrideView = z.infer<typeof overrideViewSchema>

/** What the autonomous policies of a node make of what it measures. */
export const safetyViewSchema = z.object({
  /** One entry for each policy, such as `thermal` in the state `throttle`. */
  policies: z
    .array(
      z.object({
        name,
        state: z.string().max(64),
        /** How long it has been so; left out when it was never otherwise. */
        sinceMs: spanMs.optional(),
        /** The last decision of the policy; null when it made none. */
        why: safetyDecisionSchema.nullable(),
      }),
    )
    .max(16),
  /** What is carried out, overrides included. */
  demands: z.object({
    fanDuty: ratio,
    cpuRatio: ratio,
    keepFrom: priority,
    writes: writeModeSchema,
    alarm: z.boolean(),
    locked: z.boolean(),
    powerDown: z.object({ code: name, reason: sentence, final: z.boolean() }).optional(),
  }),
  overrides: z.array(overrideViewSchema).max(8),
  /** Longest that an override may be asked for here, s. */
  maxOverrideSeconds: z.number().int().min(1).max(maxOverrideSeconds),
  tamper: z.object({
    stage: z.enum(['clear', 'noticed', 'alarm', 'locked']),
    /** What it does about signs at this hour. */
    level: z.enum(['off', 'watch', 'guard', 'lock']),
    /** Signs that were seen and not reset: `case`, `motion`, `voltage`, `component`, `link`. */
    latched: z.array(name).max(16),
  }),
  /** How the fan is controlled. */
  thermal: z.object({
    profile: thermalProfileSchema,
    /** Null for a profile that has none. */
    curve: fanCurveSchema.nullable(),
    /** Who said so: the fleet's operators, or the node's own configuration. */
    profileFrom: z.enum(['fleet', 'configuration']),
    curveFrom: z.enum(['fleet', 'configuration']),
    /** Why what the fleet wants is not taken over. */
    refused: sentence.optional(),
  }),
  /** Actuators that do not take what they are told, by name. */
  failing: z.array(name).max(16),
  /** The newest first. */
  decisions: z.array(safetyDecisionSchema).max(64),
})
export type SafetyView = z.infer<typeof safetyViewSchema>
