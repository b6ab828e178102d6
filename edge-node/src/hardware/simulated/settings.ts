import { simulatedFaultSchema } from '@wrale/protocol/config'
import { z } from 'zod'

/** What a person can set on a simulated board while it runs. */
export const simulatedSettings = {
  /** Temperature of the air around it, degrees Celsius. */
  ambientCelsius: z.number().min(-40).max(70),
  /** Relative humidity of that air. */
  humidityRatio: z.number().min(0).max(1),
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
  z.strictObject({ setting: z.literal('humidityRatio'), value: simulatedSettings.humidityRatio }),
  z.strictObject({ setting: z.literal('loadRatio'), value: simulatedSettings.loadRatio }),
  z.strictObject({ setting: z.literal('batteryRatio'), value: simulatedSettings.batteryRatio }),
])
export type SimulatedChange = z.infer<typeof simulatedChangeSchema>

/** How a machine went off: told to, without anything to feed it, or reset because nobody fed its watchdog. */
export const powerOffCauses = ['shutdown', 'power-lost', 'watchdog'] as const

/** What a simulated board is like inside, as an exact observer sees it. */
export const simulatedViewSchema = z.object({
  faults: z.array(simulatedFaultSchema),
  settings: z.object(simulatedSettings),
  fan: z.object({
    /** Null while the board's own control has it. */
    askedDuty: z.number().nullable(),
    dutyRatio: z.number(),
    rpm: z.number(),
  }),
  cpu: z.object({ limitRatio: z.number(), busyRatio: z.number(), workRatio: z.number(), celsius: z.number() }),
  supply: z.object({ source: z.enum(['mains', 'battery']), volts: z.number(), watts: z.number() }),
  watchdog: z.enum(['closed', 'armed', 'failed']),
  /** Voltage at the pin of each line that was opened, by the line's name. */
  lines: z.record(z.string(), z.enum(['high', 'low'])),
  /** Null while it runs. */
  off: z.object({ cause: z.enum(powerOffCauses), reason: z.string() }).nullable(),
})
export type SimulatedView = z.infer<typeof simulatedViewSchema>
export type PowerOff = NonNullable<SimulatedView['off']>
