import { z } from 'zod'

export const thermalProfileSchema = z.enum(['quiet', 'balanced', 'cool', 'max'])
export type ThermalProfile = z.infer<typeof thermalProfileSchema>

/** Duty of the fan by temperature: straight lines between the points, level outside them. Hotter never means slower. */
export const fanCurveSchema = z
  .array(z.strictObject({ celsius: z.number().min(-40).max(125), duty: z.number().min(0).max(1) }))
  .min(2)
  .max(12)
  .superRefine((points, context) => {
    for (const [index, point] of points.entries()) {
      const before = points[index - 1]
      if (before === undefined) continue
      if (point.celsius <= before.celsius) {
        context.addIssue({ code: 'custom', path: [index, 'celsius'], message: 'must be above the point before it' })
      }
      if (point.duty < before.duty) {
        context.addIssue({ code: 'custom', path: [index, 'duty'], message: 'must not be below the point before it' })
      }
    }
  })
export type FanCurve = z.infer<typeof fanCurveSchema>

/** Fields of a node's object by which operators say how it is cooled. What is not said is as the node's own configuration has it. */
export const thermalFields = { profile: 'thermal.profile', curve: 'thermal.curve' } as const

/** What operators want. A curve takes the place of the profile's own; `max` has none. */
export const wantedThermalSchema = z.object({
  profile: thermalProfileSchema.optional(),
  curve: fanCurveSchema.optional(),
})
export type WantedThermal = z.infer<typeof wantedThermalSchema>
