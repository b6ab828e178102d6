import { z } from 'zod'
import { channels } from './signs.ts'
import { tamperAtStart, tamperStages, type TamperState } from './tamper.ts'

/** What of the tamper policy must outlive the daemon: turning a machine off and on again is no reset. */
export const tamperLatchSchema = z.strictObject({
  stage: z.enum(tamperStages),
  latched: z.array(z.enum(channels)).max(channels.length),
})
export type TamperLatch = z.output<typeof tamperLatchSchema>

export function latchOf({ stage, latched }: TamperState): TamperLatch {
  return { stage, latched: [...latched] }
}

/** The state to begin with. What was latched stays so, and is not told of again. */
export function tamperFrom({ stage, latched }: TamperLatch): TamperState {
  return { ...tamperAtStart, stage, latched }
}
