import type { SafetyAction } from '../base/action.ts'
import { type Decision, decision, type Stepped } from '../base/decision.ts'
import { type Cause, seen } from '../base/reading.ts'
import { advance, type Held, heldFrom, type Pace, paceAtStart, settle } from '../base/time.ts'
import { levelAt } from './level.ts'
import type { TamperLevel, TamperSettings } from './settings.ts'
import { type Channel, channels, signsOf, type TamperInputs } from './signs.ts'

/** How far it has come. It goes up by itself and down by a reset only. */
export const tamperStages = ['clear', 'noticed', 'alarm', 'locked'] as const
export type TamperStage = (typeof tamperStages)[number]

export interface TamperState {
  readonly pace: Pace
  readonly level: TamperLevel
  readonly stage: TamperStage
  /** Channels that have shown a sign since the last reset. */
  readonly latched: readonly Channel[]
  readonly tripped: Readonly<Record<Channel, Held<boolean>>>
}

export const tamperAtStart: TamperState = {
  pace: paceAtStart,
  level: 'off',
  stage: 'clear',
  latched: [],
  tripped: {
    case: heldFrom(false),
    motion: heldFrom(false),
    voltage: heldFrom(false),
    component: heldFrom(false),
    link: heldFrom(false),
  },
}

const stageOfLevel = { off: 'clear', watch: 'noticed', guard: 'alarm', lock: 'locked' } as const

/** Latches every sign of tampering at the level that holds then, until an operator resets it with a reason. */
export function stepTamper(
  before: TamperState,
  inputs: TamperInputs,
  settings: TamperSettings,
  nowMs: number,
): Stepped<TamperState> {
  const pace = advance(before.pace, nowMs)
  const atMs = pace.lastMs
  const level = levelAt(settings, inputs.wallMs)
  const signs = signsOf(inputs, settings, atMs)
  const tripped = { ...before.tripped }
  for (const channel of channels) {
    const sign = signs[channel]
    const held = before.tripped[channel]
    // A sensor that falls silent has not taken back what it said.
    const wanted = sign === null ? held.value : sign !== undefined
    tripped[channel] = settle(held, wanted, pace.atMs, settings.debounceMs[channel])
  }
  const shown = channels.filter((channel) => tripped[channel].value)
  const decisions: Decision[] = []
  const add = (parts: Omit<Decision, 'policy' | 'atMs'>): void => {
    decisions.push(decision({ policy: 'tamper', atMs, ...parts }))
  }

  // At off nothing counts: that is how a machine is opened to be mended.
  const live = level === 'off' ? [] : shown.filter((channel) => signs[channel] !== null)
  const reset = resetOf(before, inputs, live, add)
  if (reset.isDone) {
    // Who resets has looked: a sensor that says nothing does not latch again on what it said before.
    for (const channel of channels) if (!live.includes(channel)) tripped[channel] = heldFrom(false, pace.atMs)
  }
  const counting = level === 'off' ? [] : shown.filter((channel) => tripped[channel].value)
  const fresh = counting.filter((channel) => !reset.latched.includes(channel))
  const latched = [...reset.latched, ...fresh]
  const stage = counting.length === 0 ? reset.stage : laterStage(reset.stage, stageOfLevel[level])

  if (fresh.length > 0 || stage !== reset.stage) {
    const causes: Cause[] = counting.flatMap((channel) => signs[channel]?.causes ?? [])
    add({
      from: reset.stage,
      to: stage,
      reason: textOf(counting, signs, stage, inputs.wallMs === undefined && settings.quietHours !== undefined),
      code: `tamper-${stage}`,
      causes: [...causes, seen('level', level)],
    })
  }
  const worse = fresh.length > 0 || stage !== reset.stage
  const state: TamperState = { pace, level, stage, latched, tripped }
  return { state, actions: tamperActions(state, settings, worse ? decisions.at(-1) : undefined), decisions }
}

/** What an operator's reset leaves. Signs that are still there are not taken back by it. */
function resetOf(
  before: TamperState,
  { reset }: TamperInputs,
  showing: readonly Channel[],
  add: (parts: Omit<Decision, 'policy' | 'atMs'>) => void,
): Pick<TamperState, 'latched' | 'stage'> & { readonly isDone: boolean } {
  const kept = { latched: before.latched, stage: before.stage, isDone: false }
  if (reset === undefined || before.stage === 'clear') return kept
  const [who, why] = [reset.who.trim().slice(0, 64), reset.why.trim().slice(0, 120)]
  const causes = [seen('who', who), seen('why', why)]
  const from = before.stage
  if (who === '' || why === '') {
    const reason = 'The reset was refused: it must say who asks for it and why'
    add({ from, to: from, reason, code: 'tamper-reset-refused', causes })
    return kept
  }
  const still = showing.filter((channel) => before.latched.includes(channel))
  if (still.length > 0) {
    const reason = `The reset was refused: still showing: ${still.join(', ')}`
    add({ from, to: from, reason, code: 'tamper-reset-refused', causes })
    return kept
  }
  add({ from, to: 'clear', reason: `Reset by ${who}: ${why}`, code: 'tamper-reset', causes })
  return { latched: [], stage: 'clear', isDone: true }
}

function laterStage(a: TamperStage, b: TamperStage): TamperStage {
  return tamperStages.indexOf(a) >= tamperStages.indexOf(b) ? a : b
}

function textOf(
  counting: readonly Channel[],
  signs: ReturnType<typeof signsOf>,
  stage: TamperStage,
  clockless: boolean,
): string {
  const what = counting.map((channel) => signs[channel]?.text ?? `${channel} was seen`).join('; ')
  const effect = { clear: '', noticed: ': noted', alarm: ': alarm', locked: ': locked' }[stage]
  return `${what}${effect}${clockless ? ' (no trusted clock: the stricter level holds)' : ''}`
}

/** The last gasp comes first, and once for each time that it got worse. */
function tamperActions(
  { stage }: TamperState,
  { lockKeepFrom }: TamperSettings,
  worse: Decision | undefined,
): readonly SafetyAction[] {
  if (stage === 'clear' || stage === 'noticed') return []
  const gasp: readonly SafetyAction[] =
    worse === undefined ? [] : [{ kind: 'last-gasp', code: worse.code, reason: worse.reason, atMs: worse.atMs }]
  const alarm: SafetyAction = { kind: 'alarm' }
  if (stage === 'alarm') return [...gasp, alarm]
  return [...gasp, { kind: 'lock-down' }, alarm, { kind: 'services', keepFrom: lockKeepFrom }]
}
