import { setImmediate as settled } from 'node:timers/promises'
import { FleetError, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeStationProcess } from '../testing/fake-station-process.ts'
import { NodeChannel } from '../testing/node-port.ts'
import { RecordingLogger } from '../testing/recording-logger.ts'
import { defaultRestarts, RestartBudget } from './restart-budget.ts'
import { StationSupervisor, type StationState } from './supervisor.ts'

function setUp() {
  const clock = new VirtualClock()
  const logger = new RecordingLogger()
  const processes: FakeStationProcess[] = []
  const states: StationState[] = []
  const spawn = (): FakeStationProcess => {
    const process = new FakeStationProcess()
    processes.push(process)
    return process
  }
  const budget = new RestartBudget(defaultRestarts, () => 0)
  const station = new StationSupervisor({ spawn, clock, logger, budget })
  station.changed.subscribe((state) => states.push(state))
  const last = (): FakeStationProcess => processes.at(-1)!
  const crash = async (code = 134): Promise<void> => {
    last().exit(code)
    await settled()
  }
  return { clock, logger, processes, states, station, last, crash }
}

describe('the station supervisor', () => {
  it('runs one process and says when it takes ports', async () => {
    const { station, processes, states, last } = setUp()
    await station.start()
    await station.start()
    last().say({ type: 'ready' })
    expect(processes).toHaveLength(1)
    expect(states).toEqual([{ phase: 'starting' }, { phase: 'running' }])
  })

  it('hands a port over only to a running station', async () => {
    const { station, last } = setUp()
    const { port1 } = new NodeChannel()
    expect(station.connect(1, port1)).toBe(false)
    await station.start()
    expect(station.connect(1, port1)).toBe(false)
    last().say({ type: 'ready' })
    expect(station.connect(2, port1)).toBe(true)
    expect(last().received).toEqual([{ type: 'connect', link: 2 }])
    expect(last().ports).toEqual([port1])
    port1.close()
  })

  it('restarts after a crash with growing waits, and gives up after the last of them', async () => {
    const { clock, station, processes, states, crash } = setUp()
    await station.start()
    const waits: number[] = []
    const startedEarly: number[] = []
    for (await crash(); station.state.phase === 'waiting'; await crash()) {
      const { waitMs } = station.state
      const before = processes.length
      waits.push(waitMs)
      await clock.advance(waitMs - 1)
      startedEarly.push(processes.length - before)
      await clock.advance(1)
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000])
    expect(startedEarly).toEqual([0, 0, 0, 0, 0])
    expect(station.state).toMatchObject({ phase: 'failed', error: { code: 'UNAVAILABLE', meta: { exitCode: 134 } } })
    await clock.advance(3_600_000)
    expect(processes).toHaveLength(6)
    expect(states.filter(({ phase }) => phase === 'failed')).toHaveLength(1)
  })

  it('forgets old crashes once a process ran for a good while', async () => {
    const { clock, station, last, crash } = setUp()
    await station.start()
    for (let n = 0; n < 12; n++) {
      last().say({ type: 'ready' })
      await clock.advance(defaultRestarts.steadyMs)
      await crash()
      expect(station.state).toMatchObject({ phase: 'waiting', waitMs: 250 })
      await clock.advance(250)
    }
  })

  it('does not try again what a person has to put right, and tries again when asked to', async () => {
    const { station, processes, last, crash } = setUp()
    await station.start()
    last().say({ type: 'failed', code: 'STATE_DIR_IN_USE', message: 'used by another station' })
    await crash(73)
    expect(station.state).toMatchObject({
      phase: 'failed',
      error: { code: 'STATE_DIR_IN_USE', message: 'used by another station' },
    })
    expect(processes).toHaveLength(1)
    await station.start()
    expect(processes).toHaveLength(2)
    last().say({ type: 'ready' })
    expect(station.state.phase).toBe('running')
  })

  it('ends a process that does not get ready, and says so', async () => {
    const { clock, station, processes } = setUp()
    await station.start()
    await clock.advance(30_000)
    expect(processes[0]?.killed).toBe(true)
    expect(station.state).toMatchObject({ phase: 'waiting', error: { code: 'TIMEOUT' } })
  })

  it('treats a process that cannot even be made as a crash', async () => {
    const clock = new VirtualClock()
    const spawn = (): never => {
      throw new Error('no such module')
    }
    const station = new StationSupervisor({ spawn, clock, logger: silentLogger })
    await station.start()
    expect(station.state).toMatchObject({ phase: 'waiting', error: { code: 'UNAVAILABLE', message: 'no such module' } })
    await clock.advance(3_600_000)
    expect(station.state.phase).toBe('failed')
  })

  it('stops in order, and is idempotent', async () => {
    const { station, states, last } = setUp()
    await station.stop()
    expect(states).toEqual([])
    await station.start()
    last().say({ type: 'ready' })
    await station.stop()
    await station.stop()
    expect(last().received).toEqual([{ type: 'stop' }])
    expect(last().killed).toBe(false)
    expect(station.state).toEqual({ phase: 'stopped' })
  })

  it('kills a process that does not stop in time', async () => {
    const { clock, logger, station, last } = setUp()
    await station.start()
    last().obedient = false
    const stopping = station.stop()
    await clock.advance(5999)
    expect(last().killed).toBe(false)
    await clock.advance(1)
    await stopping
    expect(last().killed).toBe(true)
    expect(logger.lines).toContain('warn station did not stop in time, killing it')
  })

  it('starts nothing after it was stopped while waiting', async () => {
    const { clock, station, processes, crash } = setUp()
    await station.start()
    await crash()
    await station.stop()
    await clock.advance(3_600_000)
    expect(processes).toHaveLength(1)
  })

  it('ignores messages that are not of the protocol', async () => {
    const { logger, station, last } = setUp()
    await station.start()
    const garbage = [
      null,
      'ready',
      { type: 'ready', extra: 1 },
      { type: 'failed', code: 'NOPE', message: '' },
      { type: 'disconnected' },
      [],
    ]
    for (const message of garbage) last().emit('message', message)
    expect(station.state.phase).toBe('starting')
    expect(logger.lines).toHaveLength(garbage.length)
  })

  it('tells which link was cut', async () => {
    const { station, last } = setUp()
    const cut: number[] = []
    station.disconnected.subscribe((link) => cut.push(link))
    await station.start()
    last().say({ type: 'disconnected', link: 3 })
    expect(cut).toEqual([3])
  })
})

describe('the restart budget', () => {
  it('never allows more restarts in a row than its bound, nor waits longer than its maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(120_000), { maxLength: 60 }), fc.integer({ min: 0, max: 999 }), (runs, random) => {
        const budget = new RestartBudget(defaultRestarts, () => random / 1000)
        let inARow = 0
        for (const ranForMs of runs) {
          if (ranForMs >= defaultRestarts.steadyMs) inARow = 0
          const wait = budget.next(ranForMs)
          expect(wait === undefined).toBe(inARow === defaultRestarts.maxRestarts)
          expect(wait ?? 0).toBeLessThanOrEqual(defaultRestarts.maxMs)
          if (wait !== undefined) inARow += 1
        }
      }),
    )
  })
})

it('keeps the code of an error on its way between the processes', async () => {
  const { station, last, crash } = setUp()
  await station.start()
  const error = new FleetError('CONFIG_INVALID', 'x'.repeat(10))
  last().say({ type: 'failed', code: error.code, message: error.message })
  await crash(78)
  expect(station.state).toMatchObject({ phase: 'failed', error: { code: 'CONFIG_INVALID', message: 'xxxxxxxxxx' } })
})
