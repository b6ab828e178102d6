import type { Node as FleetNode, NodeMaintenance } from '@wrale/protocol/api'
import { type DiagReport, type DiagRun, type DiagStatus, type DiagSummary, worstStatus } from '@wrale/protocol/node'

/** A self-test of a node that exists in this page only. */
export interface FakeRun {
  readonly id: string
  readonly load: boolean
  readonly tests: readonly FakeTest[]
  readonly startedMs: number
  stoppedMs: number | undefined
}

interface FakeTest {
  readonly name: string
  readonly title: string
  readonly status: DiagStatus
  readonly reading?: string
  readonly expected?: string
  readonly detail: string
  readonly load?: boolean
}

const testMs = 1200

export const fakeTests: readonly FakeTest[] = [
  {
    name: 'temperature',
    title: 'The temperature is sensible',
    status: 'pass',
    reading: '54.3 °C',
    expected: '0 to 85 °C',
    detail: 'Two sensors agree within 1.2 °C.',
  },
  {
    name: 'fan',
    title: 'The fan turns',
    status: 'fail',
    reading: '0 rpm at 100 %',
    expected: '800 rpm or more',
    detail: 'The fan was told to turn and its tachometer stayed still: it is blocked, unplugged or worn out.',
  },
  {
    name: 'supply',
    title: 'The supply is steady',
    status: 'warn',
    reading: '4.71 V',
    expected: '4.75 to 5.25 V',
    detail: 'The supply sags a little: look at its cable.',
  },
  {
    name: 'storage',
    title: 'The storage can be written and read',
    status: 'pass',
    reading: '21.4 MB/s',
    expected: '4 MB/s or more',
    detail: 'What was written was read back unchanged.',
  },
  {
    name: 'clock',
    title: 'The clock is right',
    status: 'pass',
    reading: '+12 ms',
    expected: 'within 500 ms',
    detail: 'Synchronised by NTP.',
  },
  {
    name: 'watchdog',
    title: 'The watchdog is armed',
    status: 'pass',
    reading: '15 s',
    expected: '30 s or less',
    detail: 'It was fed 2 s ago.',
  },
  { name: 'battery', title: 'The battery holds', status: 'skip', detail: 'This machine has no battery gauge.' },
  {
    name: 'throttle',
    title: 'It stays cool at full load',
    status: 'pass',
    reading: '71.8 °C after 60 s',
    expected: 'below 80 °C',
    detail: 'It settled before the first step of the safety policy.',
    load: true,
  },
]

export function firstRuns({ state }: FleetNode, startMs: number): FakeRun[] {
  const run = (id: string, agoMs: number, tests: readonly FakeTest[]): FakeRun => ({
    id,
    load: false,
    tests,
    startedMs: startMs - agoMs,
    stoppedMs: undefined,
  })
  const calm = fakeTests.filter(({ load }) => load !== true)
  const well = calm.filter(({ status }) => status !== 'fail' && status !== 'warn')
  return [
    run('run-newest', 3 * 3_600_000, state === 'fail' ? calm : well),
    { ...run('run-week', 7 * 86_400_000, well), stoppedMs: startMs - 7 * 86_400_000 + 2500 },
    run('run-older', 14 * 86_400_000, well),
  ]
}

export function runView(node: FleetNode, run: FakeRun): DiagRun {
  const done = doneOf(run)
  const isOver = run.stoppedMs !== undefined || done === run.tests.length
  if (isOver) return { state: 'done', id: run.id, report: reportOf(node, run) }
  const current = run.tests[done]?.title
  return {
    state: 'running',
    id: run.id,
    load: run.load,
    progress: { done, of: run.tests.length, ...(current === undefined ? {} : { current }) },
  }
}

function doneOf({ tests, startedMs, stoppedMs }: FakeRun): number {
  return Math.min(tests.length, Math.floor(((stoppedMs ?? Date.now()) - startedMs) / testMs))
}

function reportOf(node: FleetNode, run: FakeRun): DiagReport {
  const results = run.tests
    .slice(0, doneOf(run))
    .map(({ load: _, ...test }) => ({ ...test, durationMs: test.status === 'skip' ? 0 : testMs }))
  return {
    id: run.id,
    node: { id: node.id, name: node.name, model: node.model ?? 'unknown', software: '0.1.0' },
    by: 'office (local)',
    load: run.load,
    startedAt: new Date(run.startedMs).toISOString(),
    durationMs: results.length * testMs,
    status: worstStatus(results),
    ...(run.stoppedMs === undefined ? {} : { aborted: 'office (local) broke it off' }),
    results,
  }
}

export function summaryOf(run: FakeRun): DiagSummary {
  const done = doneOf(run)
  const base = { id: run.id, load: run.load, by: 'office (local)', startedAt: new Date(run.startedMs).toISOString() }
  if (run.stoppedMs === undefined && done < run.tests.length) return { ...base, state: 'running' }
  const counts: Record<DiagStatus, number> = { pass: 0, warn: 0, fail: 0, skip: 0 }
  for (const { status } of run.tests.slice(0, done)) counts[status] += 1
  return {
    ...base,
    state: 'done',
    durationMs: done * testMs,
    counts,
    ...(run.stoppedMs === undefined ? {} : { aborted: 'office (local) broke it off' }),
  }
}

/** Wear of a node that has run for a year. */
export function maintenanceOf({ state, readings }: FleetNode): NodeMaintenance {
  const hours = 3600
  return {
    at: new Date().toISOString(),
    counters: [
      { name: 'runSeconds', label: 'Running', value: 8211 * hours, unit: 'seconds' },
      { name: 'fanSeconds', label: 'Fan turning', value: 5120 * hours, unit: 'seconds' },
      { name: 'temperatureCycles', label: 'Heated up and cooled down by 20 °C', value: 1204, unit: 'count' },
      { name: 'bytesWritten', label: 'Written to the storage', value: 412e9, unit: 'bytes' },
      { name: 'peakCelsius', label: 'Hottest ever', value: readings.temperatureCelsius ?? 71, unit: 'celsius' },
    ],
    starts: 31,
    shutdowns: { clean: 26, 'power-lost': 3, watchdog: 1 },
    lastShutdown: { cause: 'power-lost', detail: 'the supply fell to 4.2 V within a second' },
    predictions: [
      {
        part: 'fan',
        label: 'Fan',
        usedRatio: state === 'fail' ? 0.93 : 0.17,
        remainingDays: state === 'fail' ? 41 : 2900,
        reasoning: 'of 30,000 hours that its maker states at 60 °C; it ran 62 % of the last 90 days',
      },
      {
        part: 'storage',
        label: 'SD card',
        usedRatio: 0.41,
        remainingDays: 1310,
        reasoning: 'of 1 TB that cards of this size take; 0.31 GB were written a day over the last 30 days',
      },
      { part: 'battery', label: 'Battery', reasoning: 'too few full discharges to tell: one of at least three' },
    ],
  }
}
