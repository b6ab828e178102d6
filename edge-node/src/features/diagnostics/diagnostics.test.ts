import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { diagReportSchema, type HardwareView } from '@wrale/protocol/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Observation } from '../telemetry/telemetry.ts'
import { type ComponentTest, componentTests, type TestContext } from './component-tests.ts'
import { Diagnostics } from './diagnostics.ts'
import { unfitness } from './fitness.ts'
import { loadProcessors } from './load.ts'
import { safetyAtStart, type SafetyState } from '../safety/step.ts'
import { noDemands } from '../safety/base/action.ts'
import { writeTest } from './write-test.ts'

const nothing: HardwareView = {
  simulated: true,
  parts: [],
  lines: [],
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
const never = new AbortController().signal
const hooks = (signal: AbortSignal = never) => {
  const progress: string[] = []
  return {
    signal,
    said: progress,
    progress: (at: { done: number; of: number }) => void progress.push(`${at.done}/${at.of}`),
  }
}
const passing = (name: string): ComponentTest => ({
  name,
  title: name,
  deadlineMs: 1000,
  run: () => Promise.resolve({ status: 'pass', detail: 'fine' }),
})
const hanging: ComponentTest = {
  name: 'hangs',
  title: 'Hangs',
  deadlineMs: 1000,
  run: () => new Promise(() => undefined),
}

describe('self-tests', () => {
  let folder: string
  let clock: VirtualClock
  let view: HardwareView
  let observation: Observation | undefined
  let unfit: string | undefined
  let loaded: number

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'diagnostics-'))
    clock = new VirtualClock()
    view = nothing
    observation = undefined
    unfit = undefined
    loaded = 0
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const context = (): TestContext => ({
    hardware: () => Promise.resolve(view),
    observation: () => observation,
    writeTest: (signal) => writeTest(folder, signal),
    load: () => {
      loaded++
      return () => Promise.resolve(void loaded--)
    },
    links: () => undefined,
    wait: (ms) => clock.advance(ms),
  })
  const make = (
    tests?: readonly ComponentTest[],
    settings = { load: false } as { everyHours?: number; load: boolean },
  ) =>
    new Diagnostics(
      {
        context: context(),
        unfit: () => unfit,
        about: () => Promise.resolve({ id: 'n', name: 'roof-1', model: 'Test', software: '0' }),
        file: join(folder, 'diagnostics.json'),
        clock,
        logger: silentLogger,
        ...(tests && { tests }),
      },
      settings,
    )
  const run = (diagnostics: Diagnostics, load = false, id = 'run-1') => diagnostics.run({ id, load }, 'desk', hooks())

  it('skip what a machine does not have', async () => {
    const report = await run(make())
    expect(diagReportSchema.parse(report)).toEqual(report)
    expect(report.results.filter(({ status }) => status !== 'skip').map(({ name, status }) => [name, status])).toEqual([
      ['storage', 'pass'],
    ])
    expect(report.results.map(({ name }) => name)).not.toContain('load')
  })

  it('find what is wrong with each part', async () => {
    view = {
      ...nothing,
      lines: [
        {
          name: 'relay',
          pin: 4,
          direction: 'out',
          state: 'absent',
          level: null,
          absence: { reason: 'no-line', detail: 'x' },
        },
      ],
      sensors: [
        {
          name: 'air',
          chip: 'bme280',
          bus: 'i2c-1',
          address: 118,
          readings: { t: { unit: 'celsius', verdict: { status: 'bad', reason: 'stuck' } } },
        },
      ],
      buses: [{ name: 'i2c-1', condition: 'hung' }],
      power: { supplyVolts: 4.5, batteryRatio: 0.05, alarms: { underVoltage: true, throttledSinceBoot: true } },
      clock: { source: 'none', hasRtc: false },
      watchdog: { name: 'w', condition: 'failed', failure: 'dead' },
    }
    observation = {
      atMs: 0,
      readings: {
        temperatureCelsius: 90,
        memoryUsedBytes: 99,
        memoryTotalBytes: 100,
        diskUsedBytes: 99,
        diskTotalBytes: 100,
      },
      refused: [],
      alarms: {},
    }
    const { results, status } = await run(make())
    const by = Object.fromEntries(results.map((result) => [result.name, result.status]))
    expect(by).toEqual({
      temperature: 'fail',
      supply: 'fail',
      firmware: 'fail',
      battery: 'fail',
      memory: 'fail',
      room: 'fail',
      storage: 'pass',
      lines: 'fail',
      buses: 'fail',
      sensors: 'fail',
      clock: 'warn',
      watchdog: 'fail',
      links: 'skip',
      fan: 'skip',
    })
    expect(status).toBe('fail')
  })

  it('say what a sensor reads as people do', async () => {
    const ok = (unit: string, value: number) => ({ unit, verdict: { status: 'ok' as const, value } })
    const readings = {
      temperatureCelsius: ok('celsius', 23.9984),
      pressurePascals: ok('pascals', 101_325),
      batteryRatio: ok('ratio', 0.978),
      chargeRatioPerHour: ok('ratioPerHour', 0.15),
    }
    view = { ...nothing, sensors: [{ name: 'all', chip: 'bme280', bus: 'i2c-1', address: 118, readings }] }
    const { results } = await run(make())
    expect(results.find(({ name }) => name === 'sensors')).toMatchObject({
      status: 'pass',
      reading: 'temperature 24 °C, pressure 1013.25 hPa, battery 97.8 %, charge per hour 15 %/h',
    })
  })

  it('take the load off at a limit, and say which', async () => {
    let celsius = 60
    observation = { atMs: 0, readings: { temperatureCelsius: celsius }, refused: [], alarms: {} }
    const load = componentTests.find(({ name }) => name === 'load')
    const finding = await load?.run(
      {
        ...context(),
        wait: async () => {
          expect(loaded).toBe(1)
          celsius += 2
          observation = { atMs: 0, readings: { temperatureCelsius: celsius }, refused: [], alarms: {} }
        },
      },
      never,
    )
    expect(finding).toMatchObject({ status: 'fail', reading: '82.0 °C (+22.0 K)' })
    expect(loaded).toBe(0)
  })

  it('are refused while they would endanger the machine, and one at a time', async () => {
    const diagnostics = make([hanging])
    unfit = 'The battery is low'
    await expect(run(diagnostics)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('battery') as unknown,
    })
    unfit = undefined
    const first = run(diagnostics)
    await expect(run(diagnostics)).rejects.toMatchObject({ code: 'CONFLICT' })
    await clock.advance(1000)
    expect((await first).results).toMatchObject([
      { status: 'fail', detail: expect.stringContaining('1 s') as unknown, durationMs: 1000 },
    ])
  })

  it('go on after a test that hangs or throws', async () => {
    const throwing: ComponentTest = {
      ...passing('throws'),
      run: () => Promise.reject(new FleetError('UNAVAILABLE', 'gone')),
    }
    const report = run(make([hanging, throwing, passing('last')]))
    await clock.advance(1000)
    expect((await report).results.map(({ status }) => status)).toEqual(['fail', 'fail', 'pass'])
  })

  it('are broken off', async () => {
    const abort = new AbortController()
    const watched = hooks(abort.signal)
    const diagnostics = make([passing('a'), hanging, passing('b')])
    const report = diagnostics.run({ id: 'run-1', load: false }, 'desk', watched)
    await clock.advance(0)
    abort.abort(new FleetError('ABORTED', 'broken off by desk'))
    await clock.advance(1000)
    expect(await report).toMatchObject({
      aborted: 'broken off by desk',
      results: [{ name: 'a' }, { name: 'hangs', status: 'skip' }],
    })
    expect(watched.said[0]).toBe('0/3')
  })

  it('refuse a test that there is not', async () => {
    await expect(make().run({ id: 'run-1', load: false, tests: ['flux'] }, 'desk', hooks())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })

  it('keep the last reports, over a restart and none that is damaged', async () => {
    const first = make([passing('a')])
    await first.start()
    for (let index = 0; index < 20; index++) await run(first, false, `run-${index}`)
    await first.stop()
    const second = make()
    await second.start()
    expect(second.reports().map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, index) => `run-${19 - index}`))
    await second.stop()
    writeFileSync(join(folder, 'diagnostics.json'), '{"reports": [1]}')
    const third = make()
    await third.start()
    expect(third.reports()).toEqual([])
    await third.stop()
  })

  it('run by themselves when they are due, and later when the machine is not fit', async () => {
    const diagnostics = make([passing('a')], { everyHours: 24, load: false })
    await diagnostics.start()
    expect(diagnostics.schedule()).toBe('every 24 h, the next in 24 h')
    unfit = 'The battery is low'
    await clock.advance(24 * 3_600_000)
    expect([diagnostics.reports().length, diagnostics.schedule()]).toEqual([0, 'every 24 h, the next in 15 min'])
    unfit = undefined
    await clock.advance(15 * 60_000)
    await expect.poll(() => diagnostics.reports()).toMatchObject([{ by: 'the schedule', status: 'pass' }])
    await expect.poll(() => diagnostics.schedule()).toBe('every 24 h, the next in 24 h')
    await diagnostics.stop()
    expect(clock.pending).toBe(0)
  })

  it('put real processors under load and let them go', async () => {
    const before = process.cpuUsage()
    const release = loadProcessors(1)
    // Busy threads of this process are what is looked for; how fast is no matter.
    await expect.poll(() => process.cpuUsage(before).user, { timeout: 20_000 }).toBeGreaterThan(50_000)
    await release()
  })
})

describe('a machine', () => {
  const of = (parts: Partial<SafetyState>, demands = noDemands) =>
    unfitness({ state: { ...safetyAtStart, ...parts }, effective: demands })

  it('is fit when nothing is the matter', () => {
    expect(of({})).toBeUndefined()
    expect(
      of({ thermal: { ...safetyAtStart.thermal, ladder: { ...safetyAtStart.thermal.ladder, rung: 'fan' } } }),
    ).toBeUndefined()
  })

  it.each([
    [
      'hot',
      { thermal: { ...safetyAtStart.thermal, ladder: { ...safetyAtStart.thermal.ladder, rung: 'throttle' as const } } },
    ],
    ['battery', { power: { ...safetyAtStart.power, name: 'low' as const } }],
    ['voltage', { power: { ...safetyAtStart.power, name: 'brown-out' as const } }],
    ['tampers', { tamper: { ...safetyAtStart.tamper, stage: 'alarm' as const } }],
  ])('is not fit: %s', (word, parts) => {
    expect(of(parts)).toContain(word)
  })
})
