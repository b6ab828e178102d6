import type { NodeSafety } from '@wrale/protocol/api'
import type { SafetyDecision } from '@wrale/protocol/node'
import { secondsAgo } from './nodes.ts'

export const balanced = [
  { celsius: 48, duty: 0 },
  { celsius: 50, duty: 0.3 },
  { celsius: 65, duty: 0.7 },
  { celsius: 72, duty: 1 },
]

/** A decision that the processor is slowed down, unless told otherwise. */
export function decisionOf(change: Partial<SafetyDecision> = {}): SafetyDecision {
  return {
    policy: 'thermal',
    from: 'fan',
    to: 'throttle',
    reason: '78.2 °C is above 77.0 °C: the processor is slowed down',
    code: 'thermal-throttle',
    causes: [{ name: 'cpu-thermal', value: 78.2, unit: 'celsius', limit: 77, ageMs: 320 }],
    agoMs: 40_000,
    ...change,
  }
}

/** A node of which nothing is held back, unless told otherwise. */
export function safetyOf(change: Partial<NodeSafety> = {}): NodeSafety {
  return {
    at: secondsAgo(0),
    policies: [
      { name: 'thermal', state: 'normal', why: null },
      { name: 'power', state: 'mains', why: null },
      { name: 'tamper', state: 'clear', why: null },
      { name: 'environment', state: 'normal, dry', why: null },
      { name: 'storage', state: 'enough, within', why: null },
    ],
    demands: { fanDuty: 0.41, cpuRatio: 1, keepFrom: 0, writes: 'usual', alarm: false, locked: false },
    overrides: [],
    maxOverrideSeconds: 3600,
    tamper: { stage: 'clear', level: 'guard', latched: [] },
    thermal: { profile: 'balanced', curve: balanced, profileFrom: 'configuration', curveFrom: 'configuration' },
    failing: [],
    decisions: [],
    ...change,
  }
}
