import { type Demands, writeModes } from '../base/action.ts'
import { type Decision, decision, percent, span, type Stepped } from '../base/decision.ts'
import { type Cause, seen } from '../base/reading.ts'
import { advance, type Pace, paceAtStart } from '../base/time.ts'
import { type InterlockSettings, type Override, overrideSchema, type Wish } from './settings.ts'

export interface InterlockInputs {
  /** What the policies demand now. */
  readonly demands: Demands
  /** An override that is asked for; checked here, whatever it is. */
  readonly grant?: unknown
  /** Ends the override of a kind before its time. */
  readonly end?: { readonly kind: Wish['kind']; readonly who: string } | undefined
}

interface Active {
  readonly override: Override
  /** When it ends on the policies' own time, which a clock that leaps does not stretch. */
  readonly endsAtMs: number
}

export interface InterlockState {
  readonly pace: Pace
  /** At most one of each kind. */
  readonly active: readonly Active[]
}

export const interlockAtStart: InterlockState = { pace: paceAtStart, active: [] }

/** What is carried out in the end. */
export interface Interlocked extends Stepped<InterlockState> {
  readonly effective: Demands
}

/**
 * Overrides: granted, ended, and laid over the demands. Each is a decision, so that the audit has it. A final shutdown ends them all: nothing
 * that was allowed before may stand in its way. Last gasps and lock-downs have no override.
 */
export function stepInterlocks(
  before: InterlockState,
  inputs: InterlockInputs,
  settings: InterlockSettings,
  nowMs: number,
): Interlocked {
  const pace = advance(before.pace, nowMs)
  const decisions: Decision[] = []
  const say = (from: string, to: string, reason: string, code: string, causes: readonly Cause[]): void => {
    decisions.push(decision({ policy: 'interlock', from, to, reason, code, causes, atMs: pace.lastMs }))
  }
  const { demands, end, grant } = inputs
  const isFinal = demands.powerDown?.final === true

  let active = before.active.filter(({ override, endsAtMs }) => {
    const isOver = pace.lastMs >= override.untilMs || pace.atMs >= endsAtMs
    const isEnded = end?.kind === override.what.kind
    if (!isOver && !isEnded && !isFinal) return true
    const why = isFinal
      ? 'a final shutdown cannot be overridden'
      : isEnded
        ? `ended by ${end.who.slice(0, 64)}`
        : 'its time is over'
    say(
      nameOf(override.what),
      'none',
      `The override of ${override.who} is over: ${why}`,
      'override-ended',
      about(override),
    )
    return false
  })

  if (grant !== undefined) {
    const judged = judgeGrant(grant, isFinal, settings, pace)
    if (typeof judged === 'string') {
      say('none', 'refused', `The override was refused: ${judged}`, 'override-refused', [])
    } else {
      active = [...active.filter(({ override }) => override.what.kind !== judged.override.what.kind), judged]
      const { who, why, what } = judged.override
      const forMs = judged.endsAtMs - pace.atMs
      const reason = `${who} has ${nameOf(what)} in place of the safety policies for ${span(forMs)}: ${why}`
      say('none', nameOf(what), reason, 'override-granted', about(judged.override))
    }
  }
  return {
    state: { pace, active },
    actions: [],
    decisions,
    effective: active.reduce((all, { override }) => overridden(all, override.what), demands),
  }
}

function judgeGrant(grant: unknown, isFinal: boolean, settings: InterlockSettings, pace: Pace): Active | string {
  const parsed = overrideSchema.safeParse(grant)
  if (!parsed.success) return 'it must say who, why, what and until when'
  if (isFinal) return 'a final shutdown cannot be overridden'
  const forMs = parsed.data.untilMs - pace.lastMs
  if (!(forMs > 0)) return 'its time is over already'
  if (forMs > settings.maxOverrideMs) return `it may last ${span(settings.maxOverrideMs)} at most`
  return { override: parsed.data, endsAtMs: pace.atMs + forMs }
}

function overridden(demands: Demands, what: Wish): Demands {
  switch (what.kind) {
    case 'fan':
      return { ...demands, fanDuty: what.duty }
    case 'cpu-limit':
      return { ...demands, cpuRatio: what.ratio }
    case 'services':
      // The override is of what is held back, not of the lock: who is at the machine must not get at services by it.
      return demands.locked ? demands : { ...demands, keepFrom: what.keepFrom }
    case 'writes':
      // A read-only file system cannot be talked into being written to.
      return demands.writes === 'none' ? demands : { ...demands, writes: what.mode }
    case 'alarm':
      return { ...demands, alarm: what.on }
    case 'stay-on': {
      if (demands.powerDown?.final !== false) return demands
      const { powerDown: _, ...rest } = demands
      return rest
    }
  }
}

/** What becomes of a remote command. */
export type CommandVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: 'safety-interlock'; readonly reason: string }

/**
 * Whether a remote command may be carried out against what the policies demand. The safer side of a demand is always free; the other side
 * needs an override, which is already in `effective`.
 */
export function judgeCommand(wish: Wish, effective: Demands): CommandVerdict {
  const blocked = (reason: string): CommandVerdict => ({ allowed: false, code: 'safety-interlock', reason })
  switch (wish.kind) {
    case 'fan':
      return wish.duty >= effective.fanDuty
        ? { allowed: true }
        : blocked(`The fan must run at ${percent(effective.fanDuty)} or more now`)
    case 'cpu-limit':
      return wish.ratio <= effective.cpuRatio
        ? { allowed: true }
        : blocked(`The processor is held at ${percent(effective.cpuRatio)} or less now`)
    case 'services':
      return wish.keepFrom >= effective.keepFrom
        ? { allowed: true }
        : blocked(`Services with a priority below ${effective.keepFrom} are held back now`)
    case 'writes':
      return writeModes.indexOf(wish.mode) >= writeModes.indexOf(effective.writes)
        ? { allowed: true }
        : blocked(`Writing is held at "${effective.writes}" now`)
    case 'alarm':
      return wish.on || !effective.alarm
        ? { allowed: true }
        : blocked('The alarm stands until it is reset with a reason')
    case 'stay-on':
      return effective.powerDown === undefined ? { allowed: true } : blocked(effective.powerDown.reason)
  }
}

function nameOf(what: Wish): string {
  switch (what.kind) {
    case 'fan':
      return `fan at ${percent(what.duty)}`
    case 'cpu-limit':
      return `processor at ${percent(what.ratio)}`
    case 'services':
      return `services from priority ${what.keepFrom}`
    case 'writes':
      return `writes ${what.mode}`
    case 'alarm':
      return what.on ? 'alarm on' : 'alarm off'
    case 'stay-on':
      return 'no shutdown'
  }
}

function about({ who, why, what }: Override): readonly Cause[] {
  return [seen('who', who), seen('why', why), seen('what', nameOf(what))]
}
