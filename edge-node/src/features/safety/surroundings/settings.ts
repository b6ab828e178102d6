import { z } from 'zod'

const waitMs = (ms: number) => z.number().int().min(0).max(3_600_000).default(ms)
const celsius = z.number().min(-60).max(85)
const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const ratio = z.number().min(0).max(1)

export const environmentSettingsSchema = z
  .strictObject({
    /** Temperature of the surroundings. */
    hot: z.strictObject({ enterCelsius: celsius.default(45), exitCelsius: celsius.default(42) }).prefault({}),
    cold: z.strictObject({ enterCelsius: celsius.default(-10), exitCelsius: celsius.default(-7) }).prefault({}),
    /** The fan's least duty in hot surroundings. */
    hotFanDuty: ratio.default(0.5),
    /** Relative humidity, ratio 0..1. */
    humid: z.strictObject({ enterRatio: ratio.default(0.85), exitRatio: ratio.default(0.8) }).prefault({}),
    /** Water settles when a surface comes within so many degrees of the dew point. */
    condensation: z
      .strictObject({
        enterMarginCelsius: z.number().min(0).max(20).default(2),
        exitMarginCelsius: z.number().min(0).max(20).default(4),
      })
      .prefault({}),
    /** How long each must last before it counts, ms. */
    dwellMs: waitMs(10_000),
    maxAgeMs: z.number().int().min(1000).max(600_000).default(60_000),
  })
  .superRefine(({ hot, cold, humid, condensation }, context) => {
    const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
    if (hot.exitCelsius >= hot.enterCelsius) wrong(['hot', 'exitCelsius'], 'must be below enterCelsius')
    if (cold.exitCelsius <= cold.enterCelsius) wrong(['cold', 'exitCelsius'], 'must be above enterCelsius')
    if (cold.exitCelsius >= hot.exitCelsius) wrong(['cold', 'exitCelsius'], 'must be below that of hot')
    if (humid.exitRatio >= humid.enterRatio) wrong(['humid', 'exitRatio'], 'must be below enterRatio')
    if (condensation.exitMarginCelsius <= condensation.enterMarginCelsius) {
      wrong(['condensation', 'exitMarginCelsius'], 'must be above enterMarginCelsius')
    }
  })
export type EnvironmentSettings = z.output<typeof environmentSettingsSchema>

export const storageSettingsSchema = z
  .strictObject({
    /** Free space, ratio of the whole. */
    low: z.strictObject({ enterRatio: ratio.default(0.1), exitRatio: ratio.default(0.13) }).prefault({}),
    full: z.strictObject({ enterRatio: ratio.default(0.03), exitRatio: ratio.default(0.05) }).prefault({}),
    /** What may be written in any 24 hours, bytes: flash wears out. */
    bytesPerDay: bytes.default(2 * 2 ** 30),
    /** From this part of `bytesPerDay` on, less is written; back again below `sparingExitRatio` of it. */
    sparingEnterRatio: ratio.default(0.8),
    sparingExitRatio: ratio.default(0.7),
    /** The storage must be writable again for so long before it is written to, ms. */
    writableAfterMs: waitMs(10_000),
    maxAgeMs: z.number().int().min(1000).max(600_000).default(60_000),
  })
  .superRefine(({ low, full, sparingEnterRatio, sparingExitRatio }, context) => {
    const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
    if (low.exitRatio <= low.enterRatio) wrong(['low', 'exitRatio'], 'must be above enterRatio')
    if (full.exitRatio <= full.enterRatio) wrong(['full', 'exitRatio'], 'must be above enterRatio')
    if (full.enterRatio >= low.enterRatio) wrong(['full', 'enterRatio'], 'must be below that of low')
    if (sparingExitRatio >= sparingEnterRatio) wrong(['sparingExitRatio'], 'must be below sparingEnterRatio')
  })
export type StorageSettings = z.output<typeof storageSettingsSchema>
