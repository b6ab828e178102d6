import type { SafetyAction } from './action.ts'
import type { Cause } from './reading.ts'

export type PolicyName = 'thermal' | 'power' | 'tamper' | 'environment' | 'storage' | 'interlock' | 'actuator'

/** Something that was decided, in full: it must be understood by who reads it a week later, with nothing else at hand. */
export interface Decision {
  readonly policy: PolicyName
  readonly from: string
  readonly to: string
  /** One sentence for people, at most 240 characters. */
  readonly reason: string
  /** Stable, for programs: lower case with hyphens. */
  readonly code: string
  /** At most 16. */
  readonly causes: readonly Cause[]
  /** On the clock of `nowMs`. */
  readonly atMs: number
}

/** What one step of a policy gives. `actions` are all that the policy demands as of now, not only what changed. */
export interface Stepped<State> {
  readonly state: State
  readonly actions: readonly SafetyAction[]
  readonly decisions: readonly Decision[]
}

/** A decision within its bounds. */
export function decision(parts: Decision): Decision {
  const { reason } = parts
  return {
    ...parts,
    reason: reason.length <= 240 ? reason : `${reason.slice(0, 239)}…`,
    causes: parts.causes.slice(0, 16),
  }
}

export const celsius = (value: number): string => `${value.toFixed(1)} °C`
export const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`
export const volts = (value: number): string => `${value.toFixed(2)} V`

/** A span of time as people say it. */
export function span(ms: number): string {
  if (ms < 120_000) return `${Math.max(0, Math.round(ms / 1000))} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}
