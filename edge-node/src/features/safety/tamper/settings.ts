import { z } from 'zod'

export const tamperLevels = ['off', 'watch', 'guard', 'lock'] as const
export const tamperLevelSchema = z.enum(tamperLevels)
export type TamperLevel = z.output<typeof tamperLevelSchema>

const debounceMs = (ms: number) => z.number().int().min(0).max(600_000).default(ms)
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00')

export const tamperSettingsSchema = z
  .strictObject({
    level: tamperLevelSchema.default('watch'),
    /** Hours in which another level holds. They need a clock that is trusted; without one the stricter of both levels holds. */
    quietHours: z
      .strictObject({
        from: timeOfDay,
        /** Before `from`: the hours go past midnight. */
        to: timeOfDay,
        /** Minutes east of UTC; summer time is not followed. */
        utcOffsetMinutes: z.number().int().min(-840).max(840).default(0),
        level: tamperLevelSchema,
      })
      .superRefine(({ from, to }, context) => {
        if (from === to) context.addIssue({ code: 'custom', path: ['to'], message: 'must differ from from' })
      })
      .optional(),
    /** How long each sign must last before it counts, ms. */
    debounceMs: z
      .strictObject({
        case: debounceMs(0),
        motion: debounceMs(500),
        voltage: debounceMs(500),
        component: debounceMs(3000),
        link: debounceMs(5000),
      })
      .prefault({}),
    /** Supply outside these bounds is an anomaly. */
    voltage: z
      .strictObject({
        minVolts: z.number().min(0).max(100).default(4.2),
        maxVolts: z.number().min(0).max(100).default(5.5),
        maxAgeMs: z.number().int().min(1000).max(120_000).default(5000),
      })
      .prefault({}),
    /** When locked, services below this priority are stopped. */
    lockKeepFrom: z.number().int().min(0).max(100).default(80),
  })
  .superRefine(({ voltage }, context) => {
    if (voltage.maxVolts <= voltage.minVolts) {
      context.addIssue({ code: 'custom', path: ['voltage', 'maxVolts'], message: 'must be above minVolts' })
    }
  })
export type TamperSettings = z.output<typeof tamperSettingsSchema>
