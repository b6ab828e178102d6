import { z } from 'zod'

const name = z.string().min(1).max(64)

/** What a person sets on a simulated board; null gives the setting back to the board itself. */
export const simulatorChangeSchema = z.strictObject({ setting: name, value: z.number().nullable() })
export type SimulatorChange = z.infer<typeof simulatorChangeSchema>

/** What becomes of a simulated board: settings, faults that begin, faults that end (`clear: []` ends all). */
export const simulatorRequestSchema = z
  .strictObject({
    set: z.array(simulatorChangeSchema).min(1).max(16).optional(),
    fault: z.array(name).min(1).max(32).optional(),
    clear: z.array(name).max(32).optional(),
  })
  .refine(
    ({ set, fault, clear }) => [set, fault, clear].some((part) => part !== undefined),
    'must set, fault or clear something',
  )
export type SimulatorRequest = z.infer<typeof simulatorRequestSchema>

/** A simulated board as an exact observer sees it. */
export const simulatorViewSchema = z.object({
  /** Faults that it has now. */
  faults: z.array(name).max(32),
  /** Faults that it can have. */
  possibleFaults: z.array(name).max(32),
  /** By name; null while the board has its own. */
  settings: z.record(name, z.number().nullable()),
  fan: z.object({ askedDuty: z.number().nullable(), dutyRatio: z.number(), rpm: z.number() }),
  cpu: z.object({ limitRatio: z.number(), busyRatio: z.number(), celsius: z.number() }),
  supply: z.object({ source: z.enum(['mains', 'battery']), volts: z.number(), watts: z.number() }),
  /** Null while it runs. */
  off: z.object({ cause: name, reason: z.string().max(240) }).nullable(),
})
export type SimulatorView = z.infer<typeof simulatorViewSchema>
