import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GpioLines } from '../lines.ts'
import { linesSchema } from '../settings.ts'
import { describeGpioConformance } from '../testing/gpio-conformance.ts'
import { SimulatedLines } from './lines.ts'

describeGpioConformance('simulated', (clock) => {
  const driver = new SimulatedLines({ clock })
  return {
    driver: () => driver,
    drive: (pin, voltage) => driver.pin({ pin }).drive(voltage),
    voltage: (pin) => driver.pin({ pin }).voltage,
    isOutput: (pin) => driver.pin({ pin }).isOutput,
    inject: (pin, fault) => driver.pin({ pin }).inject(fault),
    mend: (pin) => driver.pin({ pin }).mend(),
    crash: () => driver.crash(),
    dispose: () => undefined,
  }
})

describe('simulated lines', () => {
  async function set(...settings: readonly object[]) {
    const clock = new VirtualClock()
    const driver = new SimulatedLines({ clock }, { chips: { expander: 8 } })
    const lines = linesSchema.parse(settings)
    const gpio = new GpioLines({ driver, clock, logger: silentLogger }, { lines })
    await gpio.start()
    return { clock, driver, gpio }
  }

  const door = { name: 'door', pin: 17, direction: 'in' }

  it('pulls an input that nobody drives', async () => {
    const { driver, gpio } = await set({ ...door, pull: 'up' })
    expect(gpio.lines()).toMatchObject([{ pull: 'set' }])
    expect(gpio.read('door').level).toBe('on')
    driver.pin({ pin: 17 }).drive('low')
    expect(gpio.read('door').level).toBe('off')
    driver.pin({ pin: 17 }).drive('floating')
    expect(gpio.read('door').level).toBe('on')
  })

  it('has the further chips that it is given', async () => {
    const { driver, gpio } = await set({ ...door, pin: 7, chip: 'expander' })
    driver.pin({ chip: 'expander', pin: 7 }).drive('high')
    expect(gpio.read('door').level).toBe('on')
    expect(() => driver.pin({ chip: 'expander', pin: 8 })).toThrow(RangeError)
  })

  it('tries a line that has just died again soon, though another has long been missing', async () => {
    const { clock, driver, gpio } = await set(door, { name: 'far', pin: 3, chip: 'unplugged', direction: 'in' })
    await clock.advance(600_000)
    driver.pin({ pin: 17 }).inject('dead')
    driver.pin({ pin: 17 }).mend()
    expect(gpio.lines()[0]?.state).toBe('absent')
    await clock.advance(1000)
    expect(gpio.lines()[0]?.state).toBe('present')
  })

  it('opens nothing more once somebody who listens for changes has stopped it', async () => {
    const { clock, driver, gpio } = await set(door, { name: 'lid', pin: 22, direction: 'in' })
    for (const pin of [17, 22]) driver.pin({ pin }).inject('dead')
    gpio.changes.subscribe(({ name }) => void (name === 'door' && gpio.stop()))
    for (const pin of [17, 22]) driver.pin({ pin }).mend()
    await clock.advance(60_000)
    expect(gpio.lines().map(({ state }) => state)).toEqual(['closed', 'closed'])
    expect(clock.pending).toBe(0)
  })

  it('bounces on demand, in the time of its clock', async () => {
    const { clock, driver, gpio } = await set(door)
    const watch = gpio.watch('door')
    driver.bounce({ pin: 17 }, 5, 3)
    await clock.advance(100)
    expect(watch.take().map(({ atMs, level }) => [atMs, level])).toEqual([
      [0, 'on'],
      [3, 'off'],
      [6, 'on'],
      [9, 'off'],
      [12, 'on'],
    ])
    expect(clock.pending).toBe(0)
  })

  it('debounces whatever comes: edges alternate, are never too close, and end at the level that holds', async () => {
    const schedule = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('high', 'low')), {
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), schedule, async (debounceMs, steps) => {
        const { clock, driver, gpio } = await set({ ...door, debounceMs })
        const watch = gpio.watch('door', { capacity: 1024 })
        for (const [waitMs, voltage] of steps) {
          await clock.advance(waitMs)
          driver.pin({ pin: 17 }).drive(voltage)
        }
        await clock.advance(debounceMs + 1)
        const edges = watch.take()
        const { level } = gpio.read('door')
        expect(edges.at(-1)?.level ?? 'off').toBe(level)
        for (const [index, edge] of edges.entries()) {
          expect(edge.level).toBe(index % 2 === 0 ? 'on' : 'off')
          const before = edges[index - 1]
          if (before === undefined) continue
          expect(edge.atMs - before.atMs).toBeGreaterThanOrEqual(debounceMs)
        }
        await gpio.stop()
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 150 },
    )
  })
})
