import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureDetection, measureDissemination, measureHealing, measureTraffic, settledFleet } from './measures.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

async function traceOf(options: SimulationOptions): Promise<string> {
  const fleet = new Simulation(options)
  await fleet.start(20_000)
  fleet.writeEvent(3)
  fleet.network.unplug(fleet.id(5))
  await fleet.pass(15_000)
  await fleet.stop()
  return fleet.trace
}

test('equal seeds give equal runs, packet by packet, and others do not', async () => {
  const options = { members: 25, seed: 11, lossRatio: 0.05 }
  const first = await traceOf(options)
  expect(await traceOf(options)).toBe(first)
  expect(await traceOf({ ...options, seed: 12 })).not.toBe(first)
})

test('two hundred members find together, and what one writes is everywhere soon, though packets get lost', async () => {
  const fleet = new Simulation({ members: 200, seed: 3, lossRatio: 0.05 })
  await fleet.start(15_000)
  expect(fleet.isConnected).toBe(true)
  for (const { transport } of fleet.members.slice(1)) {
    expect(transport.links().length).toBeGreaterThanOrEqual(5)
    expect(transport.links().length).toBeLessThanOrEqual(24)
  }
  const arrivals = [7, 100, 150].map((index) => fleet.writeEvent(index))
  await fleet.pass(3000)
  for (const one of arrivals) expect(one.filter((delay) => delay === undefined)).toEqual([])
  await fleet.stop()
}, 120_000)

describe('a fleet of fifty', () => {
  let fleet: Simulation

  beforeAll(async () => {
    fleet = await settledFleet({ members: 50, seed: 1 })
  }, 60_000)

  afterAll(() => fleet.stop())

  test('sends less than a kilobyte a second and node', async () => {
    const { nodeBytesPerSecond } = await measureTraffic(fleet, 60_000)
    const mean = nodeBytesPerSecond.reduce((sum, bytes) => sum + bytes, 0) / nodeBytesPerSecond.length
    expect(mean).toBeLessThan(1000)
    expect(mean).toBeGreaterThan(100)
  }, 60_000)

  test('hears of an event within 0.4 s', async () => {
    const { delaysMs, missing } = await measureDissemination(fleet, { events: 10, watchMs: 1000 })
    expect(missing).toBe(0)
    expect(delaysMs[Math.floor(delaysMs.length * 0.99)]).toBeLessThan(400)
  }, 60_000)

  test('has ended every link to an unplugged member within 9 s, and no other', async () => {
    for (const { firstMs, lastMs, falseAlarms } of await measureDetection(fleet, 5)) {
      expect(firstMs).toBeLessThan(6500)
      expect(lastMs).toBeLessThan(9000)
      expect(falseAlarms).toBe(0)
    }
  }, 60_000)

  test('agrees again within 3 s of the end of a split', async () => {
    const { noticedMs, healedMs } = await measureHealing(fleet, 60_000)
    expect(noticedMs).toBeLessThan(30_000)
    expect(healedMs).toBeLessThan(3000)
  }, 60_000)
})
