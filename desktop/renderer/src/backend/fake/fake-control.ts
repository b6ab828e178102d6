import { FleetError } from '@wrale/kernel'
import type { Node as FleetNode, NodeSafety } from '@wrale/protocol/api'
import type { FanCurve, LineLevel, OverrideView, SafetyDecision, WantedThermal } from '@wrale/protocol/node'
import type { NodeControlPort } from '../control-port.ts'
import { fakeHardware, fakeSimulator } from './fake-machine.ts'
import { type FakeRun, fakeTests, firstRuns, maintenanceOf, runView, summaryOf } from './fake-diagnostics.ts'

interface Kept {
  overrides: Array<{ readonly view: OverrideView; readonly endsAtMs: number }>
  reset: boolean
  readonly runs: FakeRun[]
  readonly lines: Map<string, LineLevel>
  readonly faults: Set<string>
}

const curves: Readonly<Record<'quiet' | 'balanced' | 'cool', FanCurve>> = {
  quiet: [
    { celsius: 58, duty: 0 },
    { celsius: 60, duty: 0.25 },
    { celsius: 70, duty: 0.5 },
    { celsius: 78, duty: 1 },
  ],
  balanced: [
    { celsius: 48, duty: 0 },
    { celsius: 50, duty: 0.3 },
    { celsius: 65, duty: 0.7 },
    { celsius: 72, duty: 1 },
  ],
  cool: [
    { celsius: 38, duty: 0 },
    { celsius: 40, duty: 0.4 },
    { celsius: 55, duty: 0.8 },
    { celsius: 62, duty: 1 },
  ],
}

/** Nodes that answer, in this page only. @param wanted what operators said of a node's cooling */
export function fakeControl(
  find: (id: string) => FleetNode,
  wanted: (id: string) => WantedThermal | undefined,
  startMs: number,
): NodeControlPort {
  const known = new Map<string, Kept>()
  const keptOf = (id: string): Kept => {
    const kept = known.get(id) ?? {
      overrides: [],
      reset: false,
      runs: firstRuns(find(id), startMs),
      lines: new Map<string, LineLevel>(),
      faults: new Set<string>(),
    }
    known.set(id, kept)
    return kept
  }
  const reached = (id: string): FleetNode => {
    const node = find(id)
    if (['lost', 'stale', 'unknown'].includes(node.state))
      throw new FleetError('UNAVAILABLE', `${node.name} cannot be reached: no member has a link to it`)
    return node
  }
  const safety = (id: string): NodeSafety => safetyOf(reached(id), keptOf(id), wanted(id) ?? {}, startMs)
  const runOf = (id: string, run: string): FakeRun => {
    const found = keptOf(id).runs.find((one) => one.id === run)
    if (found === undefined) throw new FleetError('NOT_FOUND', `this node keeps no self-test "${run}"`)
    return found
  }
  return {
    hardware: async ({ id }) => fakeHardware(reached(id), keptOf(id).lines),
    async setLine({ id, name, level }) {
      reached(id)
      keptOf(id).lines.set(name, level)
      return { level }
    },
    simulator: {
      get: async ({ id }) => fakeSimulator(reached(id), keptOf(id).faults),
      async change({ id, fault = [], clear }) {
        const node = reached(id)
        const { faults } = keptOf(id)
        for (const name of fault) faults.add(name)
        if (clear?.length === 0) faults.clear()
        for (const name of clear ?? []) faults.delete(name)
        return fakeSimulator(node, faults)
      },
    },
    safety: async ({ id }) => safety(id),
    maintenance: async ({ id }) => maintenanceOf(reached(id)),
    async override({ id, what, why, forSeconds }) {
      const node = reached(id)
      if (node.state === 'fail' && what.kind === 'stay-on')
        throw new FleetError('CONFLICT', 'The override was refused: a final shutdown cannot be overridden')
      const kept = keptOf(id)
      const view = { what, who: 'office (local)', why, endsInMs: forSeconds * 1000 }
      kept.overrides = [
        ...kept.overrides.filter((one) => one.view.what.kind !== what.kind),
        { view, endsAtMs: Date.now() + view.endsInMs },
      ]
      return view
    },
    async endOverride({ id, kind }) {
      const kept = keptOf(id)
      kept.overrides = kept.overrides.filter((one) => one.view.what.kind !== kind)
      return safety(id)
    },
    async resetTamper({ id, why }) {
      const node = reached(id)
      if (!why.includes('closed') && node.state === 'fail')
        throw new FleetError('CONFLICT', 'The reset was refused: still showing: case')
      keptOf(id).reset = true
      return safety(id)
    },
    diagnostics: {
      list: async ({ id }) => {
        reached(id)
        return {
          items: keptOf(id).runs.map(summaryOf),
          tests: fakeTests.map(({ name, title, load }) => ({ name, title, ...(load === undefined ? {} : { load }) })),
          schedule: 'every Sunday at 03:00, without load, unless the temperature is above 70 °C',
        }
      },
      async start({ id, load, tests }) {
        const node = reached(id)
        if (load && node.state === 'fail')
          throw new FleetError('CONFLICT', 'it is too warm for a load: 82.6 °C, above 70.0 °C')
        const { runs } = keptOf(id)
        const run: FakeRun = {
          id: `run-${Date.now().toString(36)}`,
          load,
          tests: fakeTests.filter((test) => (load || test.load !== true) && (tests?.includes(test.name) ?? true)),
          startedMs: Date.now(),
          stoppedMs: undefined,
        }
        runs.unshift(run)
        return runView(node, run)
      },
      get: async ({ id, run }) => runView(reached(id), runOf(id, run)),
      async stop({ id, run }) {
        const found = runOf(id, run)
        found.stoppedMs = Date.now()
        return runView(reached(id), found)
      },
    },
  }
}

function safetyOf(node: FleetNode, kept: Kept, wanted: WantedThermal, startMs: number): NodeSafety {
  const nowMs = Date.now()
  const since = nowMs - startMs
  const celsius = node.readings.temperatureCelsius ?? 50
  const isHot = node.state === 'fail'
  const isWarned = node.state === 'warn'
  const overrides = kept.overrides
    .filter(({ endsAtMs }) => endsAtMs > nowMs)
    .map(({ view, endsAtMs }) => ({ ...view, endsInMs: endsAtMs - nowMs }))
  const profile = wanted.profile ?? 'balanced'
  const curve = profile === 'max' ? null : (wanted.curve ?? curves[profile])
  const heat = decisionOf('thermal', 'throttle', 'stopSome', 'thermal-stop-some', since + 48_000, {
    reason: '80.6 °C is above 80.0 °C: less important services are stopped',
    causes: [{ name: 'cpu-thermal', value: 80.6, unit: 'celsius', limit: 80, ageMs: 320 }],
  })
  const opened = decisionOf('tamper', 'clear', 'alarm', 'tamper-alarm', since + 3 * 3_600_000, {
    reason: 'The case is open: alarm',
    causes: [
      { name: 'caseOpen', value: true, unit: 'state' },
      { name: 'level', value: 'guard', unit: 'state' },
    ],
  })
  const battery = decisionOf('power', 'mains', 'on-battery', 'power-on-battery', since + 22 * 60_000, {
    reason: 'Mains is lost: the machine runs on its battery with 24 % or more left, for 48 min by a careful estimate',
    causes: [
      { name: 'powerSource', value: 'battery', unit: 'state' },
      { name: 'battery', value: 0.24, unit: 'ratio', limit: 0.3, ageMs: 900 },
      { name: 'timeLeft', value: 48 * 60_000, unit: 'milliseconds', limit: 20 * 60_000 },
    ],
  })
  const isOpen = isHot && !kept.reset
  const demands = {
    fanDuty: isHot ? 1 : 0.41,
    cpuRatio: isHot ? 0.5 : isWarned ? 0.8 : 1,
    keepFrom: isHot ? 40 : 0,
    writes: 'usual' as const,
    alarm: isOpen,
    locked: false,
  }
  const fan = overrides.find(({ what }) => what.kind === 'fan')?.what
  return {
    at: new Date(nowMs).toISOString(),
    policies: [
      {
        name: 'thermal',
        state: isHot ? 'stopSome' : 'normal',
        ...(isHot ? { sinceMs: since + 48_000 } : {}),
        why: isHot ? heat : null,
      },
      {
        name: 'power',
        state: isWarned ? 'on-battery' : 'mains',
        ...(isWarned ? { sinceMs: battery.agoMs } : {}),
        why: isWarned ? battery : null,
      },
      {
        name: 'tamper',
        state: isOpen ? 'alarm' : 'clear',
        ...(isHot ? { sinceMs: opened.agoMs } : {}),
        why: isOpen ? opened : null,
      },
      { name: 'environment', state: 'normal, dry', why: null },
      { name: 'storage', state: 'enough, within', why: null },
    ],
    demands: { ...demands, ...(fan?.kind === 'fan' ? { fanDuty: fan.duty } : {}) },
    overrides,
    maxOverrideSeconds: 3600,
    tamper: { stage: isOpen ? 'alarm' : 'clear', level: 'guard', latched: isOpen ? ['case', 'motion'] : [] },
    thermal: {
      profile,
      curve: curve === null ? null : [...curve],
      profileFrom: wanted.profile === undefined ? 'configuration' : 'fleet',
      curveFrom: wanted.curve === undefined || profile === 'max' ? 'configuration' : 'fleet',
      ...(isWarned && celsius > 0 ? { refused: 'its configuration pins the fan to the profile balanced' } : {}),
    },
    failing: isHot ? ['fan'] : [],
    decisions: [
      ...(isHot
        ? [
            heat,
            decisionOf('thermal', 'fan', 'throttle', 'thermal-throttle', since + 71_000, {
              reason: '77.4 °C is above 77.0 °C: the processor is slowed down',
              causes: [{ name: 'cpu-thermal', value: 77.4, unit: 'celsius', limit: 77, ageMs: 210 }],
            }),
            decisionOf('actuator', 'works', 'fails', 'actuator-failed', since + 80_000, {
              reason: 'fan cannot be set: it does not turn at 100 %; it is tried again',
              causes: [{ name: 'actuator', value: 'fan', unit: 'state' }],
            }),
            opened,
          ]
        : []),
      ...(isWarned ? [battery] : []),
    ],
  }
}

function decisionOf(
  policy: string,
  from: string,
  to: string,
  code: string,
  agoMs: number,
  rest: Pick<SafetyDecision, 'reason' | 'causes'>,
): SafetyDecision {
  return { policy, from, to, code, agoMs, ...rest }
}
