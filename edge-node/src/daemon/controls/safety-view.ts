import type { Clock } from '@wrale/kernel'
import type { SafetyDecision, SafetyView, WantedThermal } from '@wrale/protocol/node'
import type { Decision } from '../../features/safety/base/decision.ts'
import type { SafetyEngine } from '../../features/safety/engine/engine.ts'
import type { SafetySettings } from '../../features/safety/settings.ts'
import type { DecisionLog } from '../guard/decision-log.ts'

export interface SafetyViewSources {
  readonly engine: Pick<SafetyEngine, 'state' | 'effective' | 'failing'>
  readonly log: Pick<DecisionLog, 'kept' | 'lastOf'>
  /** What is in use. */
  readonly settings: SafetySettings
  readonly wanted: WantedThermal
  /** Why what the fleet wants is not taken over. */
  readonly refused: string | undefined
  readonly clock: Clock
}

/** The policies as a station is shown them. Times become ages. */
export function makeSafetyView({ engine, log, settings, wanted, refused, clock }: SafetyViewSources): SafetyView {
  const { state, effective } = engine
  const nowMs = clock.monotonicMs()
  const policy = (name: string, is: string): SafetyView['policies'][number] => {
    const last = log.lastOf(name)
    const why = last === undefined ? null : decisionView(last, nowMs)
    return { name, state: is, ...(last === undefined ? {} : { sinceMs: Math.max(0, nowMs - last.atMs) }), why }
  }
  const { environment, storage } = state
  const { profile, curves } = settings.thermal.fan
  const { fanDuty, cpuRatio, keepFrom, writes, alarm, locked, powerDown } = effective
  return {
    policies: [
      policy('thermal', state.thermal.mode === 'safe' ? 'blind' : state.thermal.ladder.rung),
      policy('power', state.power.name),
      policy('tamper', state.tamper.stage),
      policy('environment', `${environment.ambient.value}, ${environment.moisture.value}`),
      policy('storage', storage.readOnly.value ? 'read-only' : `${storage.space}, ${storage.wear}`),
    ],
    demands: {
      fanDuty,
      cpuRatio,
      keepFrom,
      writes,
      alarm,
      locked,
      ...(powerDown && {
        powerDown: { code: powerDown.code, reason: powerDown.reason.slice(0, 240), final: powerDown.final },
      }),
    },
    overrides: state.interlocks.active.map(({ override: { what, who, why }, endsAtMs }) => ({
      what,
      who,
      why,
      endsInMs: Math.max(0, endsAtMs - state.interlocks.pace.atMs),
    })),
    maxOverrideSeconds: Math.floor(settings.interlocks.maxOverrideMs / 1000),
    tamper: { stage: state.tamper.stage, level: state.tamper.level, latched: [...state.tamper.latched] },
    thermal: {
      profile,
      curve: profile === 'max' ? null : [...curves[profile]],
      profileFrom: wanted.profile === undefined ? 'configuration' : 'fleet',
      curveFrom: wanted.curve === undefined || profile === 'max' ? 'configuration' : 'fleet',
      ...(refused === undefined ? {} : { refused }),
    },
    failing: [...engine.failing],
    decisions: log.kept.map((made) => decisionView(made, nowMs)),
  }
}

function decisionView({ policy, from, to, reason, code, causes, atMs }: Decision, nowMs: number): SafetyDecision {
  return {
    policy,
    from: from.slice(0, 200),
    to: to.slice(0, 200),
    reason,
    code,
    causes: causes.map(({ name, value, unit, limit, ageMs }) => ({
      name: name.slice(0, 200),
      value: typeof value === 'string' ? value.slice(0, 240) : value,
      unit,
      ...(limit === undefined ? {} : { limit }),
      ...(ageMs === undefined ? {} : { ageMs: Math.max(0, ageMs) }),
    })),
    agoMs: Math.max(0, nowMs - atMs),
  }
}
