import { type HealthReason, type HealthState, worseOf } from '@wrale/protocol'
import { type Evidence, type Finding, type Rule, rules as allRules, type Thresholds } from './rules.ts'

export interface Verdict {
  readonly state: HealthState
  /** Worst first. */
  readonly reasons: readonly HealthReason[]
}

interface Track {
  /** What counts now. */
  readonly held: Finding | undefined
  /** Since when the evidence says otherwise than what is held, monotonic ms. */
  readonly turningSinceMs: number | undefined
}

/** What the judge must remember between two looks, by code of the rule. */
export type Memory = ReadonlyMap<string, Track>

/**
 * Judges one observation. Pure: what it must know of the past is in `memory`. A rule's finding counts when it has lasted, and stays
 * until it has been gone for long enough, so that a value at its limit does not make the state flap. Between warn and fail it
 * changes at once: the band of the limits is enough there.
 */
export function judge(
  evidence: Evidence,
  thresholds: Thresholds,
  memory: Memory,
  rules: readonly Rule[] = allRules,
): { readonly verdict: Verdict; readonly memory: Memory } {
  const next = new Map<string, Track>()
  const reasons: HealthReason[] = []
  for (const rule of rules) {
    const before = memory.get(rule.code)
    const found = rule.find(evidence, thresholds, before?.held?.state)
    const track = follow(rule, before, found, evidence.atMs)
    next.set(rule.code, track)
    if (track.held !== undefined) reasons.push({ aspect: rule.aspect, code: rule.code, ...track.held })
  }
  reasons.sort((a, b) => (a.state === b.state ? 0 : a.state === 'fail' ? -1 : 1))
  const state = reasons.reduce<HealthState>((worst, reason) => worseOf(worst, reason.state), 'ok')
  return { verdict: { state, reasons }, memory: next }
}

function follow(rule: Rule, before: Track | undefined, found: Finding | undefined, nowMs: number): Track {
  const held = before?.held
  const agrees = (held === undefined) === (found === undefined)
  if (agrees) return { held: found, turningSinceMs: undefined }
  const since = before?.turningSinceMs ?? nowMs
  const needed = held === undefined ? rule.enterAfterMs : rule.leaveAfterMs
  return nowMs - since >= needed ? { held: found, turningSinceMs: undefined } : { held, turningSinceMs: since }
}
