import type { SafetyAction } from '../base/action.ts'
import { celsius as text } from '../base/decision.ts'
import { rungNames, type RungName, type ThermalSettings } from './settings.ts'

export type Rung = 'normal' | RungName
type LadderSettings = ThermalSettings['ladder']

export interface LadderState {
  readonly rung: Rung
  /** Since when the temperature is at the next step's entry, or at this step's exit. */
  readonly hotSinceMs?: number
  readonly coolSinceMs?: number
  /** Readings in a row at the hard limit. */
  readonly hardReadings: number
  /** Moment of the last reading that was counted. */
  readonly countedAtMs?: number
  /** The hard limit was reached: nothing keeps the machine from shutting down until the step is left. */
  readonly final: boolean
}

export const ladderAtStart: LadderState = { rung: 'normal', hardReadings: 0, final: false }

/** Why the ladder moved. */
export interface Move {
  readonly code: string
  readonly reason: string
  readonly limit: number
}

/**
 * One step up or down at most, but for the hard limit, which leads to the top at once.
 * @param measuredAtMs moment of the reading, so that one reading seen twice does not count as two
 */
export function nextLadder(
  before: LadderState,
  celsius: number,
  measuredAtMs: number,
  settings: LadderSettings,
  atMs: number,
): { readonly ladder: LadderState; readonly move?: Move } {
  const counted = countHard(before, celsius, measuredAtMs, settings)
  const limit = settings.hardLimitCelsius
  if (counted.hardReadings >= settings.hardLimitReadings && !(before.final && before.rung === 'shutdown')) {
    const reason = `${text(celsius)} is at the hard limit of ${text(limit)}: the machine is shut down`
    return {
      ladder: { ...settled(counted, 'shutdown'), final: true },
      move: { code: 'thermal-hard-limit', reason, limit },
    }
  }
  const index = indexOf(before.rung)
  const next = rungNames[index + 1]
  const up = next === undefined ? undefined : settings[next]
  if (next !== undefined && up !== undefined && celsius >= up.enterCelsius) {
    const hotSinceMs = before.hotSinceMs ?? atMs
    if (atMs - hotSinceMs < up.dwellMs) return { ladder: { ...settled(counted, before.rung), hotSinceMs } }
    const reason = `${text(celsius)} is above ${text(up.enterCelsius)}: ${effects[next]}`
    return { ladder: settled(counted, next), move: { code: codes[next], reason, limit: up.enterCelsius } }
  }
  const here = before.rung === 'normal' ? undefined : settings[before.rung]
  if (here !== undefined && celsius <= here.exitCelsius) {
    const coolSinceMs = before.coolSinceMs ?? atMs
    if (atMs - coolSinceMs < here.dwellMs) return { ladder: { ...settled(counted, before.rung), coolSinceMs } }
    const to = rungNames[index - 1] ?? 'normal'
    const reason = `${text(celsius)} is below ${text(here.exitCelsius)}: ${to === 'normal' ? 'nothing is held back any more' : effects[to]}`
    return {
      ladder: { ...settled(counted, to), final: false },
      move: { code: 'thermal-step-down', reason, limit: here.exitCelsius },
    }
  }
  return { ladder: settled(counted, before.rung) }
}

/** What a step demands. Every step demands what those below it do. */
export function ladderActions({ rung, final }: LadderState, settings: LadderSettings): readonly SafetyAction[] {
  const index = indexOf(rung)
  const actions: SafetyAction[] = []
  if (index >= 1) actions.push({ kind: 'cpu-limit', ratio: settings.throttle.cpuRatio })
  if (index >= 2) actions.push({ kind: 'services', keepFrom: settings[index >= 3 ? 'stopMost' : 'stopSome'].keepFrom })
  if (rung === 'shutdown') {
    const reason = final
      ? `The temperature is at the hard limit of ${text(settings.hardLimitCelsius)}`
      : `The temperature stays above ${text(settings.shutdown.enterCelsius)} with nothing left to turn off`
    actions.push({ kind: 'power-down', code: final ? 'thermal-hard-limit' : 'thermal-shutdown', reason, final })
  }
  return actions
}

function countHard(before: LadderState, celsius: number, measuredAtMs: number, settings: LadderSettings): LadderState {
  if (celsius < settings.hardLimitCelsius) return { ...before, hardReadings: 0, countedAtMs: measuredAtMs }
  const isNew = before.hardReadings === 0 || measuredAtMs !== before.countedAtMs
  const hardReadings = Math.min(before.hardReadings + (isNew ? 1 : 0), settings.hardLimitReadings)
  return { ...before, hardReadings, countedAtMs: measuredAtMs }
}

/** On a step, with nothing under way. */
function settled({ hardReadings, countedAtMs, final }: LadderState, rung: Rung): LadderState {
  return { rung, hardReadings, final, ...(countedAtMs === undefined ? {} : { countedAtMs }) }
}

function indexOf(rung: Rung): number {
  return rung === 'normal' ? -1 : rungNames.indexOf(rung)
}

const codes: Record<RungName, string> = {
  fan: 'thermal-fan-full',
  throttle: 'thermal-throttle',
  stopSome: 'thermal-stop-some',
  stopMost: 'thermal-stop-most',
  shutdown: 'thermal-shutdown',
}
const effects: Record<RungName, string> = {
  fan: 'the fan runs at full speed',
  throttle: 'the processor is slowed down',
  stopSome: 'less important services are stopped',
  stopMost: 'all but the most important services are stopped',
  shutdown: 'the machine is shut down',
}
