import { type Decision, decision } from '../base/decision.ts'
import { seen } from '../base/reading.ts'

/** Flags of the board's firmware, as `vcgencmd get_throttled` gives them: bits 0 and 2 now, 16 and 18 since boot. */
export interface PowerFlags {
  readonly underVoltageNow?: boolean | undefined
  readonly throttledNow?: boolean | undefined
  readonly underVoltageSinceBoot?: boolean | undefined
  readonly throttledSinceBoot?: boolean | undefined
}

/** The flags as last said. Since boot stays true once it was: sysfs forgets, and "now" implies it. */
export type FlagMemory = PowerFlags

export function rememberFlags(before: FlagMemory, flags: PowerFlags | undefined): FlagMemory {
  const sticky = (was: boolean | undefined, ...said: readonly (boolean | undefined)[]): boolean | undefined => {
    if (was === true || said.includes(true)) return true
    return said.find((value) => value !== undefined) ?? was
  }
  return {
    underVoltageNow: flags?.underVoltageNow,
    throttledNow: flags?.throttledNow,
    underVoltageSinceBoot: sticky(before.underVoltageSinceBoot, flags?.underVoltageSinceBoot, flags?.underVoltageNow),
    throttledSinceBoot: sticky(before.throttledSinceBoot, flags?.throttledSinceBoot, flags?.throttledNow),
  }
}

const words = {
  underVoltageSinceBoot: ['under-voltage-seen', 'The supply voltage has been too low since the machine started'],
  throttledSinceBoot: [
    'throttled-seen',
    'The processor has been slowed down by its firmware since the machine started',
  ],
} as const

/** One decision the first time that each was seen, so that a supply which sags now and then is not announced each time. */
export function flagDecisions(before: FlagMemory, after: FlagMemory, atMs: number): readonly Decision[] {
  return (['underVoltageSinceBoot', 'throttledSinceBoot'] as const).flatMap((name) => {
    if (before[name] === true || after[name] !== true) return []
    const [code, reason] = words[name]
    const causes = [seen(name, true)]
    return [decision({ policy: 'power', from: 'not seen', to: 'seen', reason, code, causes, atMs })]
  })
}
