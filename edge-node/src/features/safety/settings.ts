import { FleetError } from '@wrale/kernel'
import { describeIssues } from '@wrale/protocol'
import { z } from 'zod'
import { interlockSettingsSchema } from './interlocks/settings.ts'
import { powerSettingsSchema } from './power/settings.ts'
import { environmentSettingsSchema, storageSettingsSchema } from './surroundings/settings.ts'
import { tamperSettingsSchema } from './tamper/settings.ts'
import { thermalSettingsSchema } from './thermal/settings.ts'

/** Everything that the autonomous policies can be told. Every value has a safe default; unknown keys are refused. */
export const safetySettingsSchema = z.strictObject({
  thermal: thermalSettingsSchema.prefault({}),
  power: powerSettingsSchema.prefault({}),
  tamper: tamperSettingsSchema.prefault({}),
  environment: environmentSettingsSchema.prefault({}),
  storage: storageSettingsSchema.prefault({}),
  interlocks: interlockSettingsSchema.prefault({}),
})
export type SafetySettings = z.output<typeof safetySettingsSchema>

/**
 * Checks settings from anywhere.
 * @throws FleetError CONFIG_INVALID whose message has the path of each problem, such as `thermal.ladder.throttle.exitCelsius: must be below …`
 */
export function parseSafetySettings(input: unknown): SafetySettings {
  const parsed = safetySettingsSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
  throw new FleetError('CONFIG_INVALID', describeIssues(parsed.error), { path }, { cause: parsed.error })
}
