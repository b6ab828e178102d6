import { z } from 'zod'

/** When self-tests run by themselves. Left out: never. */
export const diagnosticsSettingsSchema = z.strictObject({
  everyHours: z.int().min(1).max(8760).optional(),
  /** With the machine under load. */
  load: z.boolean().default(false),
})
export type DiagnosticsSettings = z.output<typeof diagnosticsSettingsSchema>
