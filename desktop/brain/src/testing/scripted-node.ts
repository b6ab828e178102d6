import { FleetError } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { MetricName } from '@wrale/protocol'
import type {
  DiagReport,
  DiagRun,
  HardwareView,
  MaintenanceView,
  NodeHistoryAnswer,
  SafetyView,
  SimulatorView,
} from '@wrale/protocol/node'
import {
  maxNodeCommandBytes,
  maxNodeHistoryBytes,
  maxNodeQueryBytes,
  type NodeCommand,
  nodeCommandProtocol,
  type NodeCommandRequest,
  nodeCommandRequestSchema,
  nodeHistoryProtocol,
  nodeHistoryRequestSchema,
  type NodeQuery,
  nodeQueryProtocol,
  nodeQuerySchema,
} from '@wrale/protocol/wire'

/** A node's answers as a test tells them: over the real mesh, with nothing behind them. */
export class ScriptedNode {
  readonly hardware: HardwareView = {
    simulated: true,
    parts: [{ name: 'fan', present: true, detail: 'simulated 5000 rpm fan' }],
    lines: [
      { name: 'relay', pin: 17, position: 11, direction: 'out', state: 'present', level: 'off', safe: 'off' },
      { name: 'case-switch', pin: 4, position: 7, direction: 'in', state: 'present', level: 'on', use: 'case' },
    ],
    sensors: [
      {
        name: 'air',
        chip: 'bme280',
        bus: 'i2c-1',
        address: 0x76,
        readings: {
          temperature: { unit: 'celsius', verdict: { status: 'ok', value: 23.5 } },
          humidity: { unit: 'ratio', verdict: { status: 'bad', reason: 'stuck' } },
        },
      },
    ],
    buses: [{ name: 'i2c-1', condition: 'ok' }],
    fan: { name: 'simulated fan', askedDuty: 0.4, rpm: 2010 },
    cpu: { name: 'simulated cpu', askedRatio: 1 },
    powerDown: { name: 'simulated', allowed: true },
    watchdog: { name: 'simulated', condition: 'armed', timeoutSeconds: 15 },
    power: { source: 'mains', supplyVolts: 5.1, alarms: { underVoltage: false } },
    storage: {},
    clock: { source: 'ntp', hasRtc: false },
  }
  readonly safety: SafetyView = {
    policies: [{ name: 'thermal', state: 'normal', why: null }],
    demands: { fanDuty: 0.4, cpuRatio: 1, keepFrom: 0, writes: 'usual', alarm: false, locked: false },
    overrides: [],
    maxOverrideSeconds: 3600,
    tamper: { stage: 'noticed', level: 'watch', latched: ['case'] },
    thermal: {
      profile: 'balanced',
      curve: [
        { celsius: 48, duty: 0 },
        { celsius: 72, duty: 1 },
      ],
      profileFrom: 'configuration',
      curveFrom: 'configuration',
    },
    failing: [],
    decisions: [],
  }
  readonly maintenance: MaintenanceView = {
    counters: [{ name: 'runSeconds', label: 'Running', value: 3600, unit: 'seconds' }],
    starts: 2,
    shutdowns: { clean: 1 },
    lastShutdown: { cause: 'clean' },
    predictions: [],
  }
  simulator: SimulatorView = {
    faults: [],
    possibleFaults: ['fan-stall', 'heat-wave'],
    settings: { ambientCelsius: 24, loadRatio: null },
    fan: { askedDuty: 0.4, dutyRatio: 0.4, rpm: 2010 },
    cpu: { limitRatio: 1, busyRatio: 0.2, celsius: 45 },
    supply: { source: 'mains', volts: 5.1, watts: 4 },
    off: null,
  }
  /** Statuses of the tests of the next run. */
  outcome: DiagReport['results'][number]['status'][] = ['pass', 'warn']
  /** Samples of its own record. */
  record: Array<{ readonly metric: MetricName; readonly atMs: number; readonly value: number }> = []
  /** Commands in the order in which they came, repeated ones as well. */
  readonly commands: NodeCommandRequest[] = []
  queries = 0
  /** What the next command is refused with. */
  refusal: FleetError | undefined
  readonly #runs = new Map<string, { report: DiagReport; asked: number }>()

  /** To be given to `startMeshNode`. */
  readonly prepare = (mesh: Pick<Mesh, 'answer'>): void => {
    mesh.answer(nodeQueryProtocol, {
      request: nodeQuerySchema,
      handler: async (query) => this.#query(query),
      maxBytes: maxNodeQueryBytes,
    })
    mesh.answer(nodeHistoryProtocol, {
      request: nodeHistoryRequestSchema,
      handler: async ({ fromMs, toMs }) => this.#history(fromMs, toMs),
      maxBytes: maxNodeHistoryBytes,
    })
    mesh.answer(nodeCommandProtocol, {
      request: nodeCommandRequestSchema,
      handler: async (request) => {
        this.commands.push(request)
        const { refusal } = this
        this.refusal = undefined
        if (refusal !== undefined) throw refusal
        return this.#carryOut(request.id, request.command)
      },
      maxBytes: maxNodeCommandBytes,
    })
  }

  #query(query: NodeQuery): unknown {
    this.queries += 1
    switch (query.ask) {
      case 'hardware':
      case 'safety':
      case 'maintenance':
      case 'simulator':
        return this[query.ask]
      case 'diag-run':
        return this.#run(query.run)
      case 'diagnostics': {
        const items = [...this.#runs.values()].toReversed().map(({ report }) => ({
          id: report.id,
          state: 'done',
          load: report.load,
          by: report.by,
          startedAt: report.startedAt,
          durationMs: report.durationMs,
        }))
        return { items, tests: [{ name: 'fan', title: 'The fan turns' }], schedule: null }
      }
    }
  }

  #carryOut(id: string, command: NodeCommand): unknown {
    switch (command.do) {
      case 'set-line':
        return { name: command.line, level: command.level }
      case 'override':
        return { ...command.override, who: 'desk (local)', endsInMs: command.override.forSeconds * 1000 }
      case 'end-override':
        return this.safety
      case 'reset-tamper':
        return { ...this.safety, tamper: { ...this.safety.tamper, stage: 'clear', latched: [] } }
      case 'simulate': {
        const { set = [], fault = [], clear } = command.change
        const settings = Object.fromEntries(set.map(({ setting, value }) => [setting, value]))
        const kept = clear?.length === 0 ? [] : this.simulator.faults.filter((name) => clear?.includes(name) !== true)
        this.simulator = {
          ...this.simulator,
          faults: [...kept, ...fault],
          settings: { ...this.simulator.settings, ...settings },
        }
        return this.simulator
      }
      case 'diag-start': {
        const results = this.outcome.map((status, index) => ({
          name: `test-${index}`,
          title: `Test <${index}>`,
          status,
          reading: '2010 rpm',
          detail: 'as it should be',
          durationMs: 12,
        }))
        const report: DiagReport = {
          id,
          node: { id: 'n', name: 'roof-1', model: 'Test board', software: '0.1.0' },
          by: 'desk (local)',
          load: command.request.load,
          startedAt: '2026-01-01T00:00:00.000Z',
          durationMs: 24,
          status: 'warn',
          results,
        }
        this.#runs.set(id, { report, asked: 0 })
        return this.#run(id)
      }
      case 'diag-stop':
        return this.#run(command.run)
    }
  }

  /** Done when it is asked about for the third time. */
  #run(id: string): DiagRun {
    const run = this.#runs.get(id)
    if (run === undefined) throw new FleetError('NOT_FOUND', `this node keeps no self-test "${id}"`)
    const { report } = run
    const of = report.results.length
    run.asked += 1
    if (run.asked > 2) return { state: 'done', id, report }
    return { state: 'running', id, load: report.load, progress: { done: run.asked - 1, of, current: 'The fan turns' } }
  }

  #history(fromMs: number, toMs: number): NodeHistoryAnswer {
    const stepMs = 1000
    const within = this.record.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    const metrics = [...new Set(within.map(({ metric }) => metric))]
    return {
      fromMs,
      toMs,
      stepMs,
      complete: true,
      series: metrics.map((metric) => ({
        metric,
        unit: 'celsius',
        points: within
          .filter((sample) => sample.metric === metric)
          .map(({ atMs, value }): [number, number, number, number, number] => [atMs, value, value - 1, value + 1, 5]),
      })),
    }
  }
}
