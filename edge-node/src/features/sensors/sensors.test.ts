import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { simulatedSensors } from '../../hardware/simulated/defaults.ts'
import { Sensors, type SensorsSample } from './sensors.ts'

let clock: VirtualClock
let board: SimulatedBoard
let sensors: Sensors
let samples: SensorsSample[]

beforeEach(async () => {
  clock = new VirtualClock()
  board = new SimulatedBoard({ clock }, { seed: 1, ambientCelsius: 20 })
  sensors = new Sensors({ board, clock, logger: silentLogger }, { sensors: simulatedSensors, intervalMs: 2000 })
  samples = []
  sensors.sampled.subscribe((sample) => samples.push(sample))
  const started = sensors.start()
  await clock.advance(500)
  await started
})
afterEach(() => sensors.stop())

describe('the sensors of a board', () => {
  it('are all read at the start, and then at their interval', async () => {
    expect(samples).toHaveLength(1)
    expect([...(samples[0]?.readings.keys() ?? [])]).toEqual(['air', 'supply', 'battery'])
    expect(samples[0]?.readings.get('air')?.['temperatureCelsius']?.verdict).toMatchObject({ status: 'ok' })
    await clock.advance(10_000)
    expect(samples.length).toBeGreaterThanOrEqual(5)
    expect(samples.length).toBeLessThanOrEqual(6)
  })

  it('are read at another interval from the next reading on', async () => {
    sensors.setInterval(500)
    await clock.advance(12_000)
    expect(samples.length).toBeGreaterThan(15)
  })

  it('are told as absent when they are unplugged, and as well when they are back', async () => {
    board.inject('component-removed')
    await clock.advance(10_000)
    const statusOf = (): string | undefined =>
      sensors.sensors().find(({ name }) => name === 'air')?.readings['temperatureCelsius']?.verdict.status
    expect(statusOf()).toBe('absent')
    board.clear('component-removed')
    await clock.advance(60_000)
    expect(statusOf()).toBe('ok')
  })
})
