import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { EventBody } from '@wrale/protocol/records'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SafetySample } from '../../features/safety/engine/sample.ts'
import { parseSafetySettings } from '../../features/safety/settings.ts'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { DecisionLog, eventOf } from './decision-log.ts'
import { Guard } from './guard.ts'
import { WatchdogFeeder } from './watchdog-feeder.ts'

let folder: string
let clock: VirtualClock
let board: SimulatedBoard
let sampled: Emitter<SafetySample>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'))
  clock = new VirtualClock()
  board = new SimulatedBoard({ clock }, { seed: 1, ambientCelsius: 20 })
  sampled = new Emitter()
})
afterEach(() => rmSync(folder, { recursive: true }))

function make(settings: object = {}, mayPowerDown = false) {
  const log = new DecisionLog({ clock, logger: silentLogger })
  const guard = new Guard(
    {
      sampled,
      devices: () => board.devices(),
      others: {},
      log,
      latchFile: join(folder, 'tamper.json'),
      trustedWallMs: () => undefined,
      clock,
      logger: silentLogger,
    },
    { settings: parseSafetySettings(settings), mayPowerDown },
  )
  return { guard, log }
}

describe('the guard', () => {
  it('drives the fan by the heat, and hands it back', async () => {
    const { guard } = make()
    await guard.start()
    for (let second = 0; second < 5; second++) {
      sampled.emit({ temperatures: [{ name: 'cpu', value: 65, unit: 'celsius', atMs: clock.monotonicMs() }] })
      await clock.advance(1000)
    }
    expect(board.devices().fan?.askedDuty).toBeGreaterThan(0.6)
    await guard.stop()
    expect(board.devices().fan?.askedDuty).toBeUndefined()
    expect(clock.pending).toBe(0)
  })

  it('takes back what a daemon that was killed left behind', async () => {
    await board.devices().cpu?.setLimit(0.3)
    const { guard } = make()
    await guard.start()
    expect(board.devices().cpu?.askedRatio).toBe(1)
    await guard.stop()
  })

  it('remembers tampering when it is turned off and on', async () => {
    const { guard, log } = make()
    await guard.start()
    sampled.emit({ tamper: { caseOpen: true } })
    expect(log.lastOf('tamper')).toMatchObject({ from: 'clear', to: 'noticed' })
    sampled.emit({ tamper: { caseOpen: false } })
    await guard.stop()
    const next = make()
    await next.guard.start()
    expect(next.guard.engine.state.tamper).toMatchObject({ stage: 'noticed', latched: ['case'] })
    next.guard.engine.resetTamper('desk', 'it was me')
    await next.guard.stop()
    const last = make()
    await last.guard.start()
    expect(last.guard.engine.state.tamper.stage).toBe('clear')
    await last.guard.stop()
  })

  it.each([true, false])('turns the machine off only where it may: %s', async (may) => {
    const { guard } = make({}, may)
    const offs: string[] = []
    board.wentOff.subscribe(({ cause }) => offs.push(cause))
    await guard.start()
    for (let second = 0; second < 10; second++) {
      const atMs = clock.monotonicMs()
      sampled.emit({
        temperatures: [{ name: 'cpu', value: 40, unit: 'celsius', atMs }],
        power: { source: 'battery', batteryRatio: { name: 'battery', value: 0.02, unit: 'ratio', atMs } },
      })
      await clock.advance(1000)
    }
    expect(guard.engine.effective.powerDown?.code).toBe('power-critical')
    expect(offs).toEqual(may ? ['shutdown'] : [])
    await guard.stop()
  })
})

describe('the log of decisions', () => {
  const made = (code: string, to: string, from = 'normal') =>
    ({
      policy: 'thermal',
      from,
      to,
      reason: 'because',
      code,
      causes: [{ name: 'cpu', value: 80, unit: 'celsius', limit: 77 }],
      atMs: 0,
    }) as const

  it('tells the fleet what was decided before it was in one, and then at once', async () => {
    const log = new DecisionLog({ clock, logger: silentLogger })
    const told: EventBody[] = []
    log.note(made('thermal-throttle', 'throttle'))
    const end = log.to(async (body) => void told.push(body))
    await end.start()
    expect(told).toMatchObject([
      {
        name: 'safety.thermal.thermal-throttle',
        severity: 'warning',
        data: { cpu: { value: 80, unit: 'celsius', limit: 77 } },
      },
    ])
    log.note(made('thermal-shutdown', 'shutdown'))
    expect(told.at(-1)).toMatchObject({ severity: 'critical' })
    await end.stop()
    log.note(made('thermal-fan', 'fan'))
    expect(told).toHaveLength(2)
  })

  it('keeps a sensor that flaps from filling the fleet’s log, but never what is grave', async () => {
    const log = new DecisionLog({ clock, logger: silentLogger })
    const told: EventBody[] = []
    await log.to(async (body) => void told.push(body)).start()
    for (let index = 0; index < 500; index++) log.note(made('thermal-fan', index % 2 === 0 ? 'fan' : 'throttle'))
    expect(told).toHaveLength(30)
    log.note(made('thermal-shutdown', 'shutdown'))
    expect(told.at(-1)).toMatchObject({ severity: 'critical', data: { untold: 470 } })
    expect(log.kept).toHaveLength(64)
  })

  it('does not tell that all is well from the beginning', () => {
    expect(eventOf(made('storage-space-enough', 'enough', 'unknown'))).toBeUndefined()
    expect(eventOf(made('storage-space-enough', 'enough', 'low'))?.severity).toBe('info')
    expect(eventOf(made('tamper-reset-refused', 'locked', 'locked'))?.severity).toBe('warning')
  })
})

describe('the watchdog', () => {
  it('is fed while the daemon works, and bites when it does not', async () => {
    const daemon: { stuck?: string } = {}
    const { watchdog } = board.devices()
    if (watchdog === undefined) throw new Error('the simulated board has one')
    const offs: string[] = []
    board.wentOff.subscribe(({ cause }) => offs.push(cause))
    const feeder = new WatchdogFeeder({ watchdog, stuck: () => daemon.stuck, clock, logger: silentLogger })
    await feeder.start()
    await clock.advance(60_000)
    expect(watchdog.state.condition).toBe('armed')
    expect(clock.monotonicMs() - (feeder.fedAtMs ?? 0)).toBeLessThanOrEqual(5000)
    daemon.stuck = 'the machine is not measured'
    await clock.advance(21_000)
    expect(watchdog.state.condition).toBe('failed')
    expect(offs).toEqual(['watchdog'])
    await feeder.stop()
  })

  it('is let go at an orderly end', async () => {
    const { watchdog } = board.devices()
    if (watchdog === undefined) throw new Error('the simulated board has one')
    const feeder = new WatchdogFeeder({ watchdog, stuck: () => undefined, clock, logger: silentLogger })
    await feeder.start()
    await feeder.stop()
    expect([watchdog.state.condition, clock.pending]).toEqual(['closed', 0])
  })
})
