import { type Clock, FleetError } from '@wrale/kernel'
import type { LineLevel, OverrideRequest, OverrideView, SafetyView, WishKind } from '@wrale/protocol/node'
import type { History } from '../../features/history/history.ts'
import { type Caller, callerText, type NodeControls } from '../../features/remote/node-controls.ts'
import type { SafetyEngine } from '../../features/safety/engine/engine.ts'
import { type HardwareSources, makeHardwareView } from './hardware-view.ts'

export interface ControlsDeps extends Pick<NodeControls, 'diagnostics' | 'maintenance' | 'simulator'> {
  readonly hardware: HardwareSources
  readonly safety: () => SafetyView
  readonly engine: SafetyEngine
  readonly history: Pick<History, 'query'>
  readonly clock: Clock
}

/** What stations see of this node, and have it do, with what safety has to say about it. */
export function makeControls(deps: ControlsDeps): NodeControls {
  const { engine, hardware, history, safety } = deps
  return {
    hardware: () => makeHardwareView(hardware),
    safety,
    maintenance: deps.maintenance,
    async history(query) {
      const { series, ...rest } = await history.query(query)
      return {
        ...rest,
        series: series.map(({ metric, unit, points }) => ({ metric, unit, points: points.map((point) => [...point]) })),
      }
    },
    setLine: (name, level) => setLine(hardware, name, level),
    override: (request, by) => override(deps, request, by),
    endOverride(kind: WishKind, by: Caller) {
      const isHeld = engine.state.interlocks.active.some(({ override: held }) => held.what.kind === kind)
      if (!isHeld) throw new FleetError('NOT_FOUND', `there is no override of the kind "${kind}"`)
      engine.endOverride(kind, callerText(by))
    },
    resetTamper(why, by) {
      if (engine.state.tamper.stage === 'clear') throw new FleetError('NOT_FOUND', 'nothing is latched')
      refuse(engine.resetTamper(callerText(by), why), 'tamper-reset-refused')
    },
    diagnostics: deps.diagnostics,
    ...(deps.simulator === undefined ? {} : { simulator: deps.simulator }),
  }
}

async function setLine({ gpio, uses }: HardwareSources, name: string, level: LineLevel): Promise<LineLevel> {
  const use = uses.get(name)
  if (use !== undefined) {
    throw new FleetError('CONFLICT', `the node itself uses ${name} (${use}): it is not set by hand`, {
      line: name,
      use,
    })
  }
  return gpio.write(name, level).level
}

function override({ engine, safety, clock }: ControlsDeps, request: OverrideRequest, by: Caller): OverrideView {
  const { what, why, forSeconds } = request
  const untilMs = clock.monotonicMs() + forSeconds * 1000
  refuse(engine.override({ who: callerText(by), why, what, untilMs }), 'override-refused')
  const held = safety().overrides.find((one) => one.what.kind === what.kind)
  if (held === undefined) throw new FleetError('CONFLICT', 'the override did not hold')
  return held
}

/** @throws FleetError CONFLICT with the reason when a decision of this code is among those made */
function refuse(decisions: ReturnType<SafetyEngine['override']>, code: string): void {
  const refusal = decisions.find((made) => made.code === code)
  if (refusal !== undefined) throw new FleetError('CONFLICT', refusal.reason)
}
