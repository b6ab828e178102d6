import { FleetError } from '@wrale/kernel'
import type {
  DiagReport,
  HardwareView,
  LineLevel,
  MaintenanceView,
  NodeHistoryAnswer,
  NodeHistoryQuery,
  OverrideRequest,
  OverrideView,
  SafetyView,
  SimulatorChange,
  SimulatorView,
  WishKind,
} from '@wrale/protocol/node'
import { type Caller, callerText, type DiagHooks, type NodeControls } from '../node-controls.ts'

/** Controls with nothing behind them: they note what they are told. */
export class FakeControls implements NodeControls {
  /** What was done, in order. */
  readonly done: string[] = []
  readonly reports: DiagReport[] = []
  /** The run that is under way; the test says what becomes of it. */
  run:
    | (DiagHooks & { resolve(report: DiagReport): void; reject(error: unknown): void; readonly id: string })
    | undefined
  /** What the next self-test is refused with. */
  unfit: FleetError | undefined

  hardware(): HardwareView {
    return {
      simulated: true,
      parts: [],
      lines: [{ name: 'relay', pin: 17, direction: 'out', state: 'present', level: 'off' }],
      sensors: [],
      buses: [],
      fan: null,
      cpu: null,
      powerDown: null,
      watchdog: null,
      power: { alarms: {} },
      storage: {},
      clock: null,
    }
  }

  safety(): SafetyView {
    return {
      policies: [],
      demands: { fanDuty: 0, cpuRatio: 1, keepFrom: 0, writes: 'usual', alarm: false, locked: false },
      overrides: [],
      maxOverrideSeconds: 3600,
      tamper: { stage: 'clear', level: 'watch', latched: [] },
      thermal: { profile: 'max', curve: null, profileFrom: 'configuration', curveFrom: 'configuration' },
      failing: [],
      decisions: [],
    }
  }

  maintenance(): MaintenanceView {
    return { counters: [], starts: 1, shutdowns: {}, lastShutdown: null, predictions: [] }
  }

  async history({ fromMs, toMs }: NodeHistoryQuery): Promise<NodeHistoryAnswer> {
    return { fromMs, toMs, stepMs: 1000, series: [], complete: true }
  }

  async setLine(name: string, level: LineLevel, by: Caller): Promise<LineLevel> {
    if (name !== 'relay') throw new FleetError('NOT_FOUND', `there is no line ${name}`)
    this.done.push(`${name} ${level} by ${callerText(by)}`)
    return level
  }

  override({ what, why, forSeconds }: OverrideRequest, by: Caller): OverrideView {
    this.done.push(`override ${what.kind}`)
    return { what, why, who: callerText(by), endsInMs: forSeconds * 1000 }
  }

  endOverride(kind: WishKind): void {
    this.done.push(`end ${kind}`)
  }

  resetTamper(why: string): void {
    this.done.push(`reset: ${why}`)
  }

  readonly diagnostics: NodeControls['diagnostics'] = {
    tests: () => [{ name: 'fan', title: 'The fan turns' }],
    schedule: () => null,
    reports: () => this.reports,
    run: async ({ id }, _by, hooks) => {
      if (this.unfit !== undefined) throw this.unfit
      const { promise, resolve, reject } = Promise.withResolvers<DiagReport>()
      this.run = { ...hooks, id, resolve, reject }
      hooks.progress({ done: 0, of: 2, current: 'The fan turns' })
      return promise
    },
  }

  simulator: NodeControls['simulator'] = {
    view: (): SimulatorView => ({
      faults: [],
      possibleFaults: [],
      settings: {},
      fan: { askedDuty: null, dutyRatio: 0, rpm: 0 },
      cpu: { limitRatio: 1, busyRatio: 0, celsius: 40 },
      supply: { source: 'mains', volts: 5, watts: 3 },
      off: null,
    }),
    set: ({ setting, value }: SimulatorChange) => void this.done.push(`${setting} = ${value}`),
    fault: (name) => void this.done.push(`fault ${name}`),
    clear: (name) => void this.done.push(`clear ${name ?? 'all'}`),
  }
}

export function reportOf(id: string, parts: Partial<DiagReport> = {}): DiagReport {
  return {
    id,
    node: { id: 'n', name: 'roof-1', model: 'Test board', software: '0.1.0' },
    by: 'desk (local)',
    load: false,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 10,
    status: 'pass',
    results: [{ name: 'fan', title: 'The fan turns', status: 'pass', detail: 'it does', durationMs: 10 }],
    ...parts,
  }
}
