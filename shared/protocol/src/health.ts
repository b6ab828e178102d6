import { z } from 'zod'

/** What a node says of itself; how a station sees it adds stale, lost and unknown. */
export const healthStateSchema = z.enum(['ok', 'warn', 'fail'])
export type HealthState = z.infer<typeof healthStateSchema>

export const healthAspectSchema = z.enum([
  'thermal',
  'power',
  'compute',
  'memory',
  'storage',
  'network',
  'time',
  'tamper',
  'sensor',
])
export type HealthAspect = z.infer<typeof healthAspectSchema>

/** Why a node is not ok. `code` is stable and for programs; `message` is one sentence for people, with the reading in it. */
export const healthReasonSchema = z.object({
  aspect: healthAspectSchema,
  state: z.enum(['warn', 'fail']),
  code: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
  message: z.string().min(1).max(200),
})
export type HealthReason = z.infer<typeof healthReasonSchema>

const aspects: ReadonlySet<string> = new Set(healthAspectSchema.options)

/** A reason in a record. Newer software may know more aspects: one that is not known here passes for a general one, the message says what it is. */
export const wireHealthReasonSchema = healthReasonSchema.extend({
  aspect: z.codec(z.string().regex(/^[a-z][a-z-]{0,31}$/), healthAspectSchema, {
    decode: (aspect) => (aspects.has(aspect) ? (aspect as HealthAspect) : 'compute'),
    encode: (aspect) => aspect,
  }),
})

/** Limits that health is judged by and that charts draw, in the unit of their metric. */
export const defaultThresholds = {
  temperatureCelsius: { warn: 70, fail: 80 },
  memoryUsedRatio: { warn: 0.85, fail: 0.95 },
  diskUsedRatio: { warn: 0.85, fail: 0.95 },
  batteryRatio: { warn: 0.3, fail: 0.1 },
} as const

/** The worse of two states. */
export function worseOf(a: HealthState, b: HealthState): HealthState {
  const rank: Record<HealthState, number> = { ok: 0, warn: 1, fail: 2 }
  return rank[a] >= rank[b] ? a : b
}
