import type { SafetyEngine } from '../safety/engine/engine.ts'

/** Why a self-test would endanger the machine now, one sentence; undefined when it would not. */
export function unfitness({ state, effective }: Pick<SafetyEngine, 'state' | 'effective'>): string | undefined {
  const { thermal, power, tamper } = state
  if (effective.powerDown !== undefined) return `The machine is to be shut down: ${effective.powerDown.reason}`
  if (thermal.mode === 'safe' && thermal.last !== undefined) return 'No temperature can be trusted now'
  const { rung } = thermal.ladder
  if (rung !== 'normal' && rung !== 'fan') return `The machine is too hot: it is at the step "${rung}" of its cool-down`
  if (power.name === 'low' || power.name === 'critical') return 'The battery is low'
  if (power.name === 'brown-out') return 'The supply voltage is too low'
  return tamper.stage === 'alarm' || tamper.stage === 'locked' ? 'Somebody tampers with the machine' : undefined
}
