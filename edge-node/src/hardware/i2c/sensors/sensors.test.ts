import { FleetError, toFleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedBme280 } from '../simulated/bme280.ts'
import { SimulatedMax17048 } from '../simulated/max17048.ts'
import { SimulatedPcf8574 } from '../simulated/pcf8574.ts'
import { SimulatedIna219, SimulatedIna226 } from '../simulated/power-chips.ts'
import { encodeLm75, encodeTmp102, SimulatedLm75, SimulatedTmp102 } from '../simulated/temperature-chips.ts'
import { describeSensorConformance } from '../testing/sensor-conformance.ts'
import { bme280 } from './bme280.ts'
import { sensorChips, sensorDriver } from './catalogue.ts'
import { calibrateIna219, decodeIna219, ina219 } from './ina219.ts'
import { calibrateIna226, decodeIna226, ina226 } from './ina226.ts'
import { decodeLm75, lm75 } from './lm75.ts'
import { decodeMax17048, max17048 } from './max17048.ts'
import { decodePcf8574, pcf8574, pcf8574Latch } from './pcf8574.ts'
import { decodeTmp102, tmp102 } from './tmp102.ts'

const word = fc.integer({ min: 0, max: 0xffff })
const byte = fc.integer({ min: 0, max: 0xff })

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
