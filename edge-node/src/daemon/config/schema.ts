import { edgeConfigJsonSchema, edgeConfigSchema, type JsonSchema } from '@wrale/protocol/config'
import { z } from 'zod'
import { diagnosticsSettingsSchema } from '../../features/diagnostics/settings.ts'
import { safetySettingsSchema } from '../../features/safety/settings.ts'
import { linesSchema } from '../../hardware/gpio/settings.ts'
import { sensorsSchema } from '../../hardware/i2c/sensors/settings.ts'
import { simulatedLines } from '../../hardware/simulated/defaults.ts'

const lineName = z.string().min(1).max(32)

/** `edge.yaml` as the daemon takes it: what every tool knows of it, and what is this machine's own hardware and safety. */
export const nodeConfigSchema = edgeConfigSchema
  .extend({
    /** GPIO lines. Left out: none; a simulated board has some. */
    lines: linesSchema.optional(),
    /** Sensors on I2C buses. Left out: none; a simulated board has some. */
    sensors: sensorsSchema.optional(),
    safety: safetySettingsSchema.prefault({}),
    /** What tells of tampering. Left out: nothing does; on a simulated board its own lines. */
    signs: z
      .strictObject({
        /** Inputs, by their names: `on` is the sign. */
        case: lineName.optional(),
        motion: lineName.optional(),
        /** Interface whose link is cut when somebody takes the machine away, such as `eth0`. */
        link: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,15}$/, 'must be the name of a network interface')
          .optional(),
      })
      .optional(),
    /** Output that is `on` while there is an alarm: light, siren, relay. */
    alarmLine: lineName.optional(),
    /** Whether the safety policies may turn the machine off. When they may not they still say that they would. */
    powerDown: z.enum(['allowed', 'forbidden']).default('forbidden'),
    /** `feed`: a machine whose daemon is stuck is reset by its watchdog. Nothing else may have it then, systemd included. */
    watchdog: z.enum(['off', 'feed']).default('off'),
    diagnostics: diagnosticsSettingsSchema.prefault({}),
  })
  .superRefine(({ lines = simulatedLines, signs, alarmLine }, context) => {
    const wanted = [
      [['signs', 'case'], signs?.case, 'in'],
      [['signs', 'motion'], signs?.motion, 'in'],
      [['alarmLine'], alarmLine, 'out'],
    ] as const
    for (const [path, name, direction] of wanted) {
      if (name === undefined) continue
      const line = lines.find((one) => one.name === name)
      const what = direction === 'in' ? 'an input' : 'an output'
      if (line?.direction === direction) continue
      const message = line === undefined ? `there is no line ${name}` : `must be ${what}`
      context.addIssue({ code: 'custom', path: [...path], message })
    }
  })
export type NodeConfig = z.infer<typeof nodeConfigSchema>
export type SignSettings = NonNullable<NodeConfig['signs']>

let schema: JsonSchema | undefined

/** The schema of `edge.yaml` for editors and other tools. */
export function nodeConfigJsonSchema(): JsonSchema {
  schema ??= edgeConfigJsonSchema(nodeConfigSchema)
  return schema
}
