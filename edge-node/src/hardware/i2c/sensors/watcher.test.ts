import { VirtualClock } from '@wrale/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SerialBus } from '../serial-bus.ts'
import { SimulatedBme280 } from '../simulated/bme280.ts'
import { SimulatedI2cAdapter } from '../simulated/adapter.ts'
import { SimulatedMax17048 } from '../simulated/max17048.ts'
import { SimulatedPcf8574 } from '../simulated/pcf8574.ts'
import { SimulatedTmp102 } from '../simulated/temperature-chips.ts'

import { bme280 } from './bme280.ts'
import { ina226 } from './ina226.ts'
import { max17048 } from './max17048.ts'
import { writePcf8574 } from './pcf8574.ts'
import { tmp102 } from './tmp102.ts'
import { WatchedSensor, type WatchedSensorOptions } from './watched-sensor.ts'
import { freshWatch, meanOf, type Observation, type Verdict, watch, type WatchLimits } from './watcher.ts'

const limits: WatchLimits = { min: -40, max: 125, maxPerSecond: 5, stuckAfterMs: 60_000 }

/** Verdicts on one observation a second. */
function judge(observations: readonly Observation[], given: WatchLimits = limits): readonly Verdict[] {
  let state = freshWatch
  return observations.map((observation, second) => {
    const judged = watch(state, observation, given, second * 1000)
    state = judged.state
    return judged.verdict
  })
}

/** `ok`, or why not. */
function words(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.map((verdict) => (verdict.status === 'ok' ? 'ok' : verdict.reason))
}

const values = (...numbers: number[]): readonly Observation[] => numbers.map((value) => ({ value }))

describe('a watched quantity', () => {
  it('is believed from its first good reading', () => {
    expect(judge(values(20))).toEqual([{ status: 'ok', value: 20 }])
  })

  it.each([
    ['not-a-number', Number.NaN],
    ['not-a-number', Number.POSITIVE_INFINITY],
    ['out-of-range', -40.1],
    ['out-of-range', 125.1],
  ])('is bad (%s) at %f, and again believed after three good readings', (reason, value) => {
    expect(words(judge(values(20, value, 20, 20.1, 20, 20.1)))).toEqual([
      'ok',
      reason,
      'recovering',
      'recovering',
      'ok',
      'ok',
    ])
  })

  it('must be good several times in a row, not in all', () => {
    expect(words(judge(values(20, 999, 20, 20, 999, 20, 20, 20)))).toEqual([
      'ok',
      'out-of-range',
      'recovering',
      'recovering',
      'out-of-range',
      'recovering',
      'recovering',
      'ok',
    ])
  })

  it('is bad when it jumps, stays so at the way back, and is believed where it settles', () => {
    expect(words(judge(values(20, 60, 20, 20, 20, 20)))).toEqual([
      'ok',
      'jump',
      'jump',
      'recovering',
      'recovering',
      'ok',
    ])
    expect(words(judge(values(20, 60, 60, 60, 60)))).toEqual(['ok', 'jump', 'recovering', 'recovering', 'ok'])
  })

  it('may change as much in longer as it could have', () => {
    const first = watch(freshWatch, { value: 20 }, limits, 0)
    expect(watch(first.state, { value: 60 }, limits, 8000).verdict.status).toBe('ok')
    expect(watch(first.state, { value: 60 }, limits, 7999).verdict.status).toBe('bad')
    // Two readings at once may differ by what a second allows.
    expect(watch(first.state, { value: 25 }, limits, 0).verdict.status).toBe('ok')
  })

  it('is stuck when it stays bit for bit the same for longer than noise allows, until it moves', () => {
    const verdicts = words(judge([...values(...Array.from({ length: 63 }, () => 20.5)), ...values(20.6, 20.5, 20.6)]))
    expect(verdicts.slice(59, 63)).toEqual(['ok', 'ok', 'stuck', 'stuck'])
    expect(verdicts.slice(63)).toEqual(['recovering', 'recovering', 'ok'])
  })

  it('is not stuck where a value may stay, nor by few readings that are far apart', () => {
    const { stuckAfterMs: _, ...patient } = limits
    expect(new Set(words(judge(values(...Array.from({ length: 500 }, () => 1)), patient)))).toEqual(new Set(['ok']))
    let state = watch(freshWatch, { value: 20 }, limits, 0).state
    for (let hour = 1; hour < 9; hour++) {
      const judged = watch(state, { value: 20 }, limits, hour * 3_600_000)
      expect(judged.verdict.status).toBe('ok')
      state = judged.state
    }
  })

  it('is absent as long as it is, and then has to show itself good', () => {
    const absent: Observation = { absent: 'no-device' }
    expect(words(judge([...values(20), absent, absent, ...values(20, 20, 20)]))).toEqual([
      'ok',
      'no-device',
      'no-device',
      'recovering',
      'recovering',
      'ok',
    ])
    expect(words(judge([absent, ...values(20)]))).toEqual(['no-device', 'ok'])
    expect(words(judge([{ absent: 'not-measured' }, ...values(20)]))).toEqual(['not-measured', 'ok'])
  })

  it('is never believed outside its range, nor sooner after a fault than it must be, whatever comes', () => {
    const observation: fc.Arbitrary<Observation> = fc.oneof(
      fc.record({ value: fc.double() }),
      fc.record({ value: fc.double({ min: -50, max: 130, noNaN: true }) }),
      fc.constantFrom<Observation>({ bad: 'bus-error' }, { absent: 'no-device' }, { value: Number.NaN }),
    )
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 60 }), (observations) => {
        const verdicts = judge(observations)
        for (const [index, verdict] of verdicts.entries()) {
          if (verdict.status !== 'ok') continue
          expect(verdict.value).toBeGreaterThanOrEqual(-40)
          expect(verdict.value).toBeLessThanOrEqual(125)
          const faults = verdicts
            .slice(Math.max(0, index - 2), index)
            .filter((before) => before.status === 'bad' && before.reason !== 'recovering')
          expect(faults).toEqual([])
        }
      }),
    )
  })
})

describe('the mean of several', () => {
  it('counts the good ones alone', () => {
    expect(
      meanOf([
        { status: 'ok', value: 20 },
        { status: 'bad', reason: 'stuck', value: 90 },
        { status: 'absent', reason: 'no-device' },
        { status: 'ok', value: 22 },
      ]),
    ).toBe(21)
    expect(meanOf([{ status: 'bad', reason: 'jump', value: 90 }])).toBeUndefined()
  })
})

describe('a watched sensor', () => {
  function setUp(options: Partial<WatchedSensorOptions> = {}) {
    const clock = new VirtualClock()
    const adapter = new SimulatedI2cAdapter({ random: () => 0.5 })
    const input = { celsius: 20 }
    adapter.attach(0x48, new SimulatedTmp102(input))
    const bus = new SerialBus({ adapter, clock })
    const driver = tmp102
    const sensor = new WatchedSensor({ bus, clock, driver }, { address: 0x48, ...options })
    const verdict = async () => (await sensor.sample())['temperatureCelsius']?.verdict
    return { clock, adapter, input, bus, sensor, verdict }
  }

  it('finds out that a chip repeats itself, and comes back when it does not', async () => {
    const { clock, adapter, input, verdict } = setUp({ watch: { temperatureCelsius: { stuckAfterMs: 30_000 } } })
    let seconds = 0
    const wait = async () => {
      await clock.advance(1000)
      input.celsius = 20 + (seconds++ % 2) / 4
      return verdict()
    }
    for (let step = 0; step < 60; step++) expect((await wait())?.status).toBe('ok')
    adapter.setFault(0x48, 'stick')
    for (let step = 0; step < 31; step++) await wait()
    expect(await wait()).toMatchObject({ status: 'bad', reason: 'stuck' })
    adapter.setFault(0x48, undefined)
    for (let step = 0; step < 3; step++) await wait()
    expect((await wait())?.status).toBe('ok')
  })

  it('is bad as long as the chip talks nonsense', async () => {
    const { clock, adapter, verdict } = setUp()
    expect((await verdict())?.status).toBe('ok')
    adapter.setFault(0x48, 'nonsense')
    for (let step = 0; step < 5; step++) {
      await clock.advance(1000)
      expect((await verdict())?.status).toBe('bad')
    }
  })

  it('does not read another chip at its address as its own', async () => {
    const { adapter, bus, clock } = setUp()
    adapter.attach(0x40, new SimulatedTmp102({ celsius: 20 }))
    const sensor = new WatchedSensor(
      { bus, clock, driver: ina226 },
      { address: 0x40, settings: { shuntOhms: 0.1, maxAmperes: 1 } },
    )
    for (const { verdict } of Object.values(await sensor.sample()))
      expect(verdict).toEqual({ status: 'bad', reason: 'wrong-chip' })
  })

  it('looks anew at what was plugged in where it was', async () => {
    const { adapter, bus, clock } = setUp()
    adapter.attach(0x36, new SimulatedMax17048({ volts: 3.8, chargeRatio: 0.5, ratioPerHour: 0 }))
    const sensor = new WatchedSensor({ bus, clock, driver: max17048 }, { address: 0x36 })
    const verdict = async () => (await sensor.sample())['batteryVolts']?.verdict
    expect((await verdict())?.status).toBe('ok')
    adapter.setFault(0x36, 'unplug')
    expect(await verdict()).toEqual({ status: 'absent', reason: 'no-device' })
    adapter.attach(0x36, new SimulatedTmp102({ celsius: 20 }))
    expect(await verdict()).toEqual({ status: 'bad', reason: 'wrong-chip' })
  })

  it('refuses a circuit that the chip cannot measure, before it reads anything', () => {
    const { bus, clock } = setUp()
    const settings = { shuntOhms: 0.0001, maxAmperes: 0.001 }
    expect(() => new WatchedSensor({ bus, clock, driver: ina226 }, { address: 0x40, settings })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })

  it('is absent when a driver of the kernel has it', async () => {
    const { adapter, verdict } = setUp()
    adapter.setHeld(0x48, true)
    expect(await verdict()).toEqual({ status: 'absent', reason: 'held' })
  })

  it('is absent where the bus is', async () => {
    const { adapter, verdict } = setUp()
    adapter.setAbsent(true)
    expect(await verdict()).toEqual({ status: 'absent', reason: 'no-bus' })
  })

  it('takes no wider range than the chip has, and a narrower one', async () => {
    const wide = setUp({ watch: { temperatureCelsius: { min: -500, max: 500 } } })
    wide.input.celsius = -100
    expect(await wide.verdict()).toMatchObject({ status: 'bad', reason: 'out-of-range' })
    const narrow = setUp({ watch: { temperatureCelsius: { max: 19 } } })
    expect(await narrow.verdict()).toMatchObject({ status: 'bad', reason: 'out-of-range' })
  })

  it('reads once for callers that ask at the same time', async () => {
    const { adapter, sensor } = setUp()
    let reads = 0
    const readWord = adapter.readWord.bind(adapter)
    adapter.readWord = (address, register) => {
      if (register === 0) reads++
      return readWord(address, register)
    }
    const [one, other] = await Promise.all([sensor.sample(), sensor.sample()])
    expect(one).toBe(other)
    expect(reads).toBe(1)
  })

  it('loses one quantity without the others', async () => {
    const { adapter, bus, clock } = setUp()
    adapter.attach(0x76, new SimulatedBme280({ celsius: 20, pascals: 100_000, humidityRatio: 0.5 }))
    const sensor = new WatchedSensor(
      { bus, clock, driver: bme280 },
      { address: 0x76, watch: { pressurePascals: { max: 90_000 } } },
    )
    const readings = await sensor.sample()
    expect(readings['pressurePascals']?.verdict.status).toBe('bad')
    expect(readings['temperatureCelsius']?.verdict.status).toBe('ok')
    expect(readings['humidityRatio']?.verdict.status).toBe('ok')
  })
})

it('lines that are outputs do what they are told', async () => {
  const chip = new SimulatedPcf8574({ pulledDown: 0 })
  const adapter = new SimulatedI2cAdapter()
  adapter.attach(0x20, chip)
  const bus = new SerialBus({ adapter, clock: new VirtualClock() })
  await writePcf8574(bus, 0x20, { inputs: 0x0f, outputs: 0x50 })
  expect(chip.latch).toBe(0x5f)
})
