import { FleetError, toFleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedBme280, encodeBme280, encodeTrimming, exampleTrimming } from '../simulated/bme280.ts'
import { SimulatedMax17048 } from '../simulated/max17048.ts'
import { SimulatedPcf8574 } from '../simulated/pcf8574.ts'
import { SimulatedIna219, SimulatedIna226 } from '../simulated/power-chips.ts'
import { encodeLm75, encodeTmp102, SimulatedLm75, SimulatedTmp102 } from '../simulated/temperature-chips.ts'
import { describeSensorConformance } from '../testing/sensor-conformance.ts'
import {
  type Bme280Trimming,
  celsiusOf,
  compensateHumidity,
  compensatePressure,
  decodeTrimming,
  fineTemperature,
} from './bme280-compensation.ts'
import { bme280, decodeBme280 } from './bme280.ts'
import { sensorChips, sensorDriver } from './catalogue.ts'
import { calibrateIna219, decodeIna219, ina219 } from './ina219.ts'
import { calibrateIna226, decodeIna226, ina226 } from './ina226.ts'
import { decodeLm75, lm75 } from './lm75.ts'
import { decodeMax17048, max17048 } from './max17048.ts'
import { decodePcf8574, pcf8574, pcf8574Latch } from './pcf8574.ts'
import { decodeTmp102, tmp102 } from './tmp102.ts'

const word = fc.integer({ min: 0, max: 0xffff })
const byte = fc.integer({ min: 0, max: 0xff })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describeSensorConformance('a TMP102', () => {
  const input = { celsius: 25.0625 }
  return {
    driver: tmp102,
    chip: new SimulatedTmp102(input),
    expected: { temperatureCelsius: { value: 25.0625, within: 0 } },
    stir: (step) => void (input.celsius += step / 8),
  }
})

describeSensorConformance('an LM75', () => {
  const input = { celsius: -12.4 }
  return {
    driver: lm75,
    chip: new SimulatedLm75(input),
    expected: { temperatureCelsius: { value: -12.4, within: 0.25 } },
    stir: (step) => void (input.celsius += step / 2),
  }
})

describeSensorConformance('a BME280', () => {
  const air = { celsius: 21.3, pascals: 98_765, humidityRatio: 0.431 }
  return {
    driver: bme280,
    chip: new SimulatedBme280(air),
    expected: {
      temperatureCelsius: { value: 21.3, within: 0.001 },
      pressurePascals: { value: 98_765, within: 0.5 },
      humidityRatio: { value: 0.431, within: 0.0005 },
    },
    stir: (step) => void (air.celsius += step / 100),
  }
})

const meterExpectations = {
  busVolts: { value: 5.02, within: 0.002 },
  shuntVolts: { value: 0.1, within: 10e-6 },
  currentAmperes: { value: 1, within: 0.001 },
  powerWatts: { value: 5.02, within: 0.01 },
}

describeSensorConformance('an INA219', () => {
  const input = { busVolts: 5.02, amperes: 1, shuntOhms: 0.1 }
  return {
    driver: ina219,
    settings: { shuntOhms: 0.1, maxAmperes: 3.2 },
    chip: new SimulatedIna219(input),
    expected: meterExpectations,
    stir: (step) => void (input.amperes += step / 100),
  }
})

describeSensorConformance('an INA226', () => {
  const input = { busVolts: 5.02, amperes: 1, shuntOhms: 0.01 }
  return {
    driver: ina226,
    settings: { shuntOhms: 0.01, maxAmperes: 8 },
    chip: new SimulatedIna226(input),
    expected: { ...meterExpectations, shuntVolts: { value: 0.01, within: 2.5e-6 } },
    stir: (step) => void (input.amperes += step / 100),
  }
})

describeSensorConformance('a MAX17048', () => {
  const input = { volts: 3.87, chargeRatio: 0.62, ratioPerHour: -0.11 }
  return {
    driver: max17048,
    chip: new SimulatedMax17048(input),
    expected: {
      batteryVolts: { value: 3.87, within: 40e-6 },
      batteryRatio: { value: 0.62, within: 1 / 51_200 },
      chargeRatioPerHour: { value: -0.11, within: 0.001_04 },
    },
    stir: (step) => void (input.volts += step / 1000),
  }
})

describeSensorConformance('a PCF8574', () => {
  const input = { pulledDown: 0b0000_0101 }
  return {
    driver: pcf8574,
    settings: { inputs: 0x0f, outputs: 0b0110_0000 },
    chip: new SimulatedPcf8574(input),
    // Inputs show what is outside, outputs what was set.
    expected: { lines: { value: 0b0110_1010, within: 0 } },
    stir: () => undefined,
  }
})

describe('the catalogue', () => {
  it('knows each chip by its own name', () => {
    for (const chip of sensorChips) expect(sensorDriver(chip).chip).toBe(chip)
  })
})

describe('temperatures', () => {
  // SBOS397, "Temperature Register": 12-bit and 13-bit examples.
  it.each([
    [0x7ff0, 127.9375],
    [0x6400, 100],
    [0x4b00, 75],
    [0x1900, 25],
    [0x0040, 0.25],
    [0x0000, 0],
    [0xffc0, -0.25],
    [0xe700, -25],
    [0xc900, -55],
    [0x4b01, 150],
    [0x3201, 100],
    [0xe481, -55],
  ])('a TMP102 that holds %i shows %f degrees', (register, celsius) => {
    expect(decodeTmp102(register)).toBe(celsius)
  })

  // SNIS153, "Temperature Data Format".
  it.each([
    [0x7d00, 125],
    [0x1900, 25],
    [0x0080, 0.5],
    [0xff80, -0.5],
    [0xe700, -25],
    [0xc900, -55],
  ])('an LM75 that holds %i shows %f degrees', (register, celsius) => {
    expect(decodeLm75(register, { resolutionBits: 9 })).toBe(celsius)
    // The bits below are undefined on some of them.
    expect(decodeLm75(register | 0x7f, { resolutionBits: 9 })).toBe(celsius)
  })

  it('are the same after they went through a register', () => {
    fc.assert(
      fc.property(word, fc.constantFrom(9 as const, 11 as const), (register, resolutionBits) => {
        expect(encodeTmp102(decodeTmp102(register & 0xfff0))).toBe(register & 0xfff0)
        const kept = register & (0xffff << (16 - resolutionBits)) & 0xffff
        expect(encodeLm75(decodeLm75(register, { resolutionBits }), resolutionBits)).toBe(kept)
      }),
    )
  })

  it('lose at most half a step', () => {
    fc.assert(
      fc.property(fc.double({ min: -55, max: 125, noNaN: true }), (celsius) => {
        expect(Math.abs(decodeTmp102(encodeTmp102(celsius)) - celsius)).toBeLessThanOrEqual(1 / 32)
        expect(Math.abs(decodeLm75(encodeLm75(celsius, 9), { resolutionBits: 9 }) - celsius)).toBeLessThanOrEqual(0.25)
      }),
    )
  })

  it('are finite for any register', () => {
    fc.assert(
      fc.property(word, (register) => {
        expect(Math.abs(decodeTmp102(register))).toBeLessThanOrEqual(256)
      }),
    )
  })
})

describe('power', () => {
  // 10 A over 2 milliohms at 11.98 V, 1 mA a step: the examples of SBOS448 and SBOS547B, "Programming the Calibration Register".
  const settings = { shuntOhms: 0.002, maxAmperes: 32.768 }

  it('of an INA219 is that of the worked example of its datasheet', () => {
    const calibration = calibrateIna219(settings)
    expect(calibration.register).toBe(0x5000)
    const values = decodeIna219({ shunt: 0x07d0, bus: 0x5d98, power: 0x1766, current: 0x2710 }, calibration)
    expect(values.shuntVolts).toBeCloseTo(0.02, 9)
    expect(values.busVolts).toBeCloseTo(11.98, 9)
    expect(values.currentAmperes).toBeCloseTo(10, 9)
    expect(values.powerWatts).toBeCloseTo(119.8, 9)
  })

  it('of an INA226 is that of the worked example of its datasheet', () => {
    const calibration = calibrateIna226(settings)
    expect(calibration.register).toBe(0x0a00)
    const words = { shunt: 0x1f40, bus: 0x2570, power: 0x12b8, current: 0x2710, mask: 0 }
    const values = decodeIna226(words, calibration)
    expect(values.shuntVolts).toBeCloseTo(0.02, 9)
    expect(values.busVolts).toBeCloseTo(11.98, 9)
    expect(values.currentAmperes).toBeCloseTo(10, 9)
    expect(values.powerWatts).toBeCloseTo(119.8, 9)
  })

  it('has the sign of the current', () => {
    const words = { shunt: 0xf830, bus: 0x5d98, power: 0x1766, current: 0xd8f0 }
    expect(decodeIna219(words, calibrateIna219(settings)).powerWatts).toBeCloseTo(-119.8, 9)
  })

  it('is not a number when the chip says that it overflowed', () => {
    const words = { shunt: 0, bus: 0x5d99, power: 1, current: 1, mask: 4 }
    expect(decodeIna219(words, calibrateIna219(settings))).toMatchObject({ currentAmperes: NaN, powerWatts: NaN })
    expect(decodeIna226(words, calibrateIna226(settings))).toMatchObject({ currentAmperes: NaN, powerWatts: NaN })
  })

  it('measures up to the largest current of any circuit that the chip can be set up for, and refuses the others', () => {
    const circuit = fc.record({
      shuntOhms: fc.double({ min: 0.0001, max: 100, noNaN: true }),
      maxAmperes: fc.double({ min: 0.001, max: 1000, noNaN: true }),
    })
    const chips = [
      { calibrate: calibrateIna219, constant: 0.04096, max: 0xfffe },
      { calibrate: calibrateIna226, constant: 0.00512, max: 0x7fff },
    ]
    const attempt = <T>(task: () => T): T | FleetError => {
      try {
        return task()
      } catch (error) {
        return toFleetError(error)
      }
    }
    expect(() => calibrateIna226({ shuntOhms: 0.0001, maxAmperes: 0.001 })).toThrow(FleetError)
    fc.assert(
      fc.property(circuit, fc.constantFrom(...chips), (given, { calibrate, constant, max }) => {
        const exact = constant / ((given.maxAmperes / 2 ** 15) * given.shuntOhms)
        const outcome = attempt(() => calibrate(given))
        if (outcome instanceof FleetError) return outcome.code === 'INPUT_INVALID' && (exact < 2 || exact >= max)
        const { register, stepAmperes } = outcome
        return register >= 1 && register <= max && stepAmperes * 2 ** 15 >= given.maxAmperes * (1 - 1e-5)
      }),
    )
  })

  it('is read from any registers without an error', () => {
    const words = fc.record({ shunt: word, bus: word, power: word, current: word, mask: word })
    fc.assert(
      fc.property(words, (given) => {
        expect(Object.values(decodeIna219(given, calibrateIna219(settings)))).toHaveLength(4)
        expect(Object.values(decodeIna226(given, calibrateIna226(settings)))).toHaveLength(4)
      }),
    )
  })
})

describe('a battery gauge', () => {
  it('shows volts, charge and rate in the steps of its datasheet', () => {
    const values = decodeMax17048({ voltage: 0xc000, charge: 0x3200, rate: 0xffff })
    expect(values.batteryVolts).toBeCloseTo(3.84, 9)
    expect(values.batteryRatio).toBe(0.5)
    expect(values.chargeRatioPerHour).toBeCloseTo(-0.002_08, 9)
  })

  it('calls a cell full that is a little over, and does not hide nonsense', () => {
    expect(decodeMax17048({ voltage: 0, charge: 0x6580, rate: 0 }).batteryRatio).toBe(1)
    expect(decodeMax17048({ voltage: 0, charge: 0xffff, rate: 0 }).batteryRatio).toBeGreaterThan(2)
  })

  it('gives finite numbers for any registers', () => {
    fc.assert(
      fc.property(word, word, word, (voltage, charge, rate) => {
        const values = Object.values(decodeMax17048({ voltage, charge, rate }))
        expect(values.filter(Number.isFinite)).toHaveLength(3)
      }),
    )
  })
})

describe('eight lines', () => {
  it('keep inputs high, whatever the outputs are', () => {
    fc.assert(
      fc.property(byte, byte, (inputs, outputs) => {
        const latch = pcf8574Latch({ inputs, outputs })
        expect(latch & inputs).toBe(inputs)
        expect(latch & ~inputs & 0xff).toBe(outputs & ~inputs & 0xff)
      }),
    )
  })

  it('are the bits of the byte, P0 first', () => {
    fc.assert(
      fc.property(byte, (value) => {
        const lines = decodePcf8574(value)
        expect(lines).toHaveLength(8)
        expect(lines.reduce((sum, isHigh, line) => sum + (isHigh ? 2 ** line : 0), 0)).toBe(value)
      }),
    )
  })
})

describe('the air', () => {
  it("is that of Bosch's worked example (BMP280 datasheet, section 3.12: the same formulas and values)", () => {
    const fine = fineTemperature(519_888, exampleTrimming)
    expect(Math.floor(fine)).toBe(128_422)
    expect(celsiusOf(fine)).toBeCloseTo(25.08, 2)
    expect(compensatePressure(415_148, fine, exampleTrimming)).toBeCloseTo(100_653.27, 1)
  })

  it('has the humidity that the integer formula of the datasheet (section 4.2.3) gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 50_000 }),
        fc.integer({ min: -200_000, max: 435_000 }),
        fc.record({
          h1: fc.integer({ min: 70, max: 80 }),
          h2: fc.integer({ min: 340, max: 380 }),
          h3: fc.constant(0),
          h4: fc.integer({ min: 280, max: 360 }),
          h5: fc.integer({ min: 0, max: 60 }),
          h6: fc.integer({ min: 20, max: 40 }),
        }),
        (raw, fine, humidity) => {
          const trimming = { ...exampleTrimming, ...humidity }
          const percent = integerHumidity(BigInt(raw), BigInt(fine), trimming) / 1024
          expect(compensateHumidity(raw, fine, trimming) * 100).toBeCloseTo(percent, 0)
        },
      ),
    )
  })

  it('stays within its bounds and never throws, for any registers of any chip', () => {
    fc.assert(
      fc.property(bytes(26), bytes(7), bytes(8), (first, second, data) => {
        const values = decodeBme280(data, decodeTrimming(first, second))
        expect(values.humidityRatio ?? 0).toBeGreaterThanOrEqual(0)
        expect(values.humidityRatio ?? 0).toBeLessThanOrEqual(1)
        for (const value of Object.values(values)) expect(value).toBeTypeOf('number')
      }),
    )
  })

  it('shows what is not measured yet as nothing', () => {
    const data = Uint8Array.of(0x80, 0, 0, 0x80, 0, 0, 0x80, 0)
    expect(decodeBme280(data, exampleTrimming)).toEqual({})
  })

  it('is the same after it went through the registers, within their steps', () => {
    const air = fc.record({
      celsius: fc.double({ min: -40, max: 85, noNaN: true }),
      pascals: fc.double({ min: 30_000, max: 110_000, noNaN: true }),
      humidityRatio: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    })
    fc.assert(
      fc.property(air, (given) => {
        const values = decodeBme280(encodeBme280(given, exampleTrimming), exampleTrimming)
        expect(values.temperatureCelsius).toBeCloseTo(given.celsius, 2)
        expect(Math.abs((values.pressurePascals ?? 0) - given.pascals)).toBeLessThan(1)
        expect(values.humidityRatio).toBeCloseTo(given.humidityRatio, 3)
      }),
    )
  })

  it('has trimming values that are the same after they went through the registers', () => {
    const signed = fc.integer({ min: -0x8000, max: 0x7fff })
    const twelve = fc.integer({ min: -2048, max: 2047 })
    const trimming = fc.record({
      ...Object.fromEntries(
        (['t2', 't3', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'h2'] as const).map((name) => [name, signed]),
      ),
      t1: word,
      p1: word,
      h1: byte,
      h3: byte,
      h4: twelve,
      h5: twelve,
      h6: fc.integer({ min: -128, max: 127 }),
    })
    fc.assert(
      fc.property(trimming, (given) => {
        const { first, second } = encodeTrimming(given as unknown as Bme280Trimming)
        expect(decodeTrimming(first, second)).toEqual(given)
      }),
    )
  })
})

/** Section 4.2.3: 1,024ths of a percent, in whole numbers of 32 bits. */
function integerHumidity(raw: bigint, fine: bigint, trimming: Bme280Trimming): number {
  const { h1, h2, h3, h4, h5, h6 } = trimming
  const [d1, d2, d3, d4, d5, d6] = [BigInt(h1), BigInt(h2), BigInt(h3), BigInt(h4), BigInt(h5), BigInt(h6)]
  const base = fine - 76_800n
  const left = ((raw << 14n) - (d4 << 20n) - d5 * base + 16_384n) >> 15n
  const right = ((((((base * d6) >> 10n) * (((base * d3) >> 11n) + 32_768n)) >> 10n) + 2_097_152n) * d2 + 8192n) >> 14n
  const product = left * right
  const corrected = product - (((((product >> 15n) * (product >> 15n)) >> 7n) * d1) >> 4n)
  const bounded = corrected < 0n ? 0n : corrected > 419_430_400n ? 419_430_400n : corrected
  return Number(bounded >> 12n)
}
