import { systemClock } from '@wrale/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type SensorChip, sensorChips, sensorDriver } from '../sensors/catalogue.ts'
import { type SensorReading, WatchedSensor } from '../sensors/watched-sensor.ts'
import { SerialBus } from '../serial-bus.ts'
import { SimulatedI2cAdapter } from '../simulated/adapter.ts'
import { SimulatedBme280 } from '../simulated/bme280.ts'
import type { SimulatedChip } from '../simulated/chip.ts'
import { SimulatedMax17048 } from '../simulated/max17048.ts'
import { SimulatedPcf8574 } from '../simulated/pcf8574.ts'
import { SimulatedIna219, SimulatedIna226 } from '../simulated/power-chips.ts'
import { SimulatedLm75, SimulatedTmp102 } from '../simulated/temperature-chips.ts'
import { type ChipWidth, kernelBusName, KernelChips } from '../testing/kernel-chips.ts'
import { LinuxI2cAdapter } from './adapter.ts'
import { listI2cBuses } from './list.ts'

interface Case {
  readonly address: number
  readonly width: ChipWidth
  readonly settings?: unknown
  /** The chip whose registers the kernel's shows. */
  readonly model: SimulatedChip
  /** Each quantity with the error that its steps allow. */
  readonly expected: Readonly<Record<string, readonly [value: number, within: number]>>
}

const meter = { busVolts: 12.36, amperes: -1.25, shuntOhms: 0.1 }
const pulledDown = 0b0000_1001

const cases: Readonly<Record<SensorChip, Case>> = {
  tmp102: {
    address: 0x49,
    width: 16,
    model: new SimulatedTmp102({ celsius: 48.1875 }),
    expected: { temperatureCelsius: [48.1875, 0] },
  },
  lm75: {
    address: 0x4c,
    width: 16,
    model: new SimulatedLm75({ celsius: 61.5 }),
    expected: { temperatureCelsius: [61.5, 0] },
  },
  bme280: {
    address: 0x77,
    width: 8,
    model: new SimulatedBme280({ celsius: 33.25, pascals: 101_325, humidityRatio: 0.375 }),
    expected: { temperatureCelsius: [33.25, 0.01], pressurePascals: [101_325, 1], humidityRatio: [0.375, 0.001] },
  },
  ina219: {
    address: 0x40,
    width: 16,
    settings: { shuntOhms: 0.1, maxAmperes: 3.2 },
    model: new SimulatedIna219(meter),
    expected: {
      busVolts: [12.36, 0.004],
      shuntVolts: [-0.125, 1e-5],
      currentAmperes: [-1.25, 0.002],
      powerWatts: [-15.45, 0.02],
    },
  },
  ina226: {
    address: 0x41,
    width: 16,
    settings: { shuntOhms: 0.01, maxAmperes: 8 },
    model: new SimulatedIna226({ ...meter, shuntOhms: 0.01 }),
    expected: {
      busVolts: [12.36, 0.002],
      shuntVolts: [-0.0125, 3e-6],
      currentAmperes: [-1.25, 0.002],
      powerWatts: [-15.45, 0.02],
    },
  },
  max17048: {
    address: 0x36,
    width: 16,
    model: new SimulatedMax17048({ volts: 3.72, chargeRatio: 0.47, ratioPerHour: -0.2 }),
    expected: { batteryVolts: [3.72, 1e-4], batteryRatio: [0.47, 1e-4], chargeRatioPerHour: [-0.2, 0.003] },
  },
  pcf8574: {
    address: 0x27,
    width: 'lines',
    settings: { inputs: 0x0f, outputs: 0x60 },
    model: new SimulatedPcf8574({ pulledDown }),
    expected: { lines: [0b0110_0110, 0] },
  },
}

const chips = new KernelChips()
const number = (await listI2cBuses()).find(({ adapter }) => adapter === kernelBusName)?.number ?? -1
const bus = new SerialBus({ adapter: new LinuxI2cAdapter(number), clock: systemClock })

afterAll(() => bus.stop())

describe.each(sensorChips)('a %s on a bus of the kernel', (chip) => {
  const { address, width, settings, model, expected } = cases[chip]
  const driver = sensorDriver(chip)
  const options = { address, ...(settings === undefined ? {} : { settings }) }
  const all = (verdict: string): readonly string[] => Object.keys(expected).map(() => verdict)

  const makeSensor = (): WatchedSensor => new WatchedSensor({ bus, clock: systemClock, driver }, options)

  /** The chip shows what the model shows once the driver has set it up. */
  beforeAll(async () => {
    chips.attach(address, width)
    if (width === 'lines') return chips.poke(address, 0, pulledDown)
    const adapter = new SimulatedI2cAdapter()
    adapter.attach(address, model)
    const simulated = new SerialBus({ adapter, clock: systemClock })
    await new WatchedSensor({ bus: simulated, clock: systemClock, driver }, options).sample()
    chips.copy(address, width, model)
  })

  beforeEach(() => chips.plug(address))

  /** What is wrong with the values that may be acted on. */
  function lies(readings: Readonly<Record<string, SensorReading>>): readonly string[] {
    return Object.entries(readings).flatMap(([quantity, { verdict }]) => {
      if (verdict.status !== 'ok') return []
      const [value, within] = expected[quantity] ?? [Number.NaN, 0]
      return Math.abs(verdict.value - value) <= within + 1e-12 ? [] : [`${quantity} ${verdict.value} for ${value}`]
    })
  }

  const verdictsOf = (readings: Readonly<Record<string, SensorReading>>): readonly string[] =>
    Object.values(readings).map(({ verdict }) =>
      verdict.status === 'ok' ? 'ok' : `${verdict.status}: ${verdict.reason}`,
    )

  it('is read as it is', async () => {
    const sensor = makeSensor()
    const readings = await sensor.sample()
    expect(verdictsOf(readings)).toEqual(all('ok'))
    expect(lies(readings)).toEqual([])
  })

  it('is absent when it is unplugged, and believed again after three readings', async () => {
    const sensor = makeSensor()
    await sensor.sample()
    chips.unplug(address)
    expect(verdictsOf(await sensor.sample())).toEqual(all('absent: no-device'))
    chips.plug(address)
    expect(verdictsOf(await sensor.sample())).toEqual(all('bad: recovering'))
    expect(verdictsOf(await sensor.sample())).toEqual(all('bad: recovering'))
    const back = await sensor.sample()
    expect(verdictsOf(back)).toEqual(all('ok'))
    expect(lies(back)).toEqual([])
  })

  it('tells no wrong value, whichever byte it is unplugged after', async () => {
    const told: Record<number, readonly string[]> = {}
    const after: (readonly string[])[] = []
    for (let bytes = 0; ; bytes++) {
      chips.plug(address)
      const sensor = makeSensor()
      await sensor.sample()
      chips.unplug(address, bytes)
      const readings = await sensor.sample()
      const wrong = lies(readings)
      if (wrong.length > 0) told[bytes] = wrong
      // It was plugged in for as long as a reading takes.
      if (verdictsOf(readings).every((verdict) => verdict === 'ok') && wrong.length === 0) break
      after.push(verdictsOf(await sensor.sample()))
    }
    expect(told).toEqual({})
    expect(after.length).toBeGreaterThan(0)
    expect(after).toEqual(after.map(() => all('absent: no-device')))
  })
})
