import { z } from 'zod'

/** What a person can set on a simulated board while it runs. */
export const simulatedSettings = {
  /** Temperature of the air around it, degrees Celsius. */
  ambientCelsius: z.number().min(-40).max(70),
  /** Busy ratio asked of its processor, in place of its own load; null gives it back its own. */
  loadRatio: z.number().min(0).max(1).nullable(),
  /** Charge of its battery. */
  batteryRatio: z.number().min(0).max(1),
} as const

export type SimulatedSetting = keyof typeof simulatedSettings
export const simulatedSettingNames = Object.keys(simulatedSettings) as readonly SimulatedSetting[]

/** One setting with its value, as it comes over a boundary. */
export const simulatedChangeSchema = z.discriminatedUnion('setting', [
  z.strictObject({ setting: z.literal('ambientCelsius'), value: simulatedSettings.ambientCelsius }),
  z.strictObject({ setting: z.literal('loadRatio'), value: simulatedSettings.loadRatio }),
  z.strictObject({ setting: z.literal('batteryRatio'), value: simulatedSettings.batteryRatio }),
])
export type SimulatedChange = z.infer<typeof simulatedChangeSchema>
