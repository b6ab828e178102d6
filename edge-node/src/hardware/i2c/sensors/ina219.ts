import { addressRange, configurationLost, type SensorDriver, type SensorValues, signed16 } from './driver.ts'
import {
  type Calibration,
  calibrate,
  type PowerQuantity,
  powerQuantities,
  type ShuntSettings,
  shuntSettingsFor,
} from './shunt.ts'

/** TI INA219, datasheet SBOS448. Registers: "Register Details", "Summary of Register Set". */
export const ina219Registers = { configuration: 0, shunt: 1, bus: 2, power: 3, current: 4, calibration: 5 } as const

/** "Configuration Register": 32 V bus range, 320 mV shunt range, 12 bits, shunt and bus continuously; as after power-on. */
export const ina219Configuration = 0x399f

export interface Ina219Words {
  readonly shunt: number
  readonly bus: number
  readonly power: number
  readonly current: number
}

/** The calibration register ("Calibration Register", equation 1: 0.04096 V); its bit 0 is not used and always 0. */
export function calibrateIna219(settings: ShuntSettings): Calibration {
  return calibrate(settings, 'ina219', 0.04096, 0xfffe, 2)
}

/**
 * Volts, amperes, watts of the registers ("Shunt Voltage Register": 10 uV a step; "Bus Voltage Register": 4 mV a step in bits 15 to 3, bit 0
 * says that current and power overflowed, and then both are NaN; "Power Register": 20 steps of current).
 */
export function decodeIna219(
  words: Ina219Words,
  { stepAmperes }: Calibration,
): SensorValues<PowerQuantity> & Record<PowerQuantity, number> {
  const isOverflow = (words.bus & 1) === 1
  const current = signed16(words.current) * stepAmperes
  // The power register has no sign: it belongs to the current.
  const power = words.power * 20 * stepAmperes * (current < 0 ? -1 : 1)
  return {
    busVolts: (words.bus >> 3) * 0.004,
    shuntVolts: signed16(words.shunt) * 10e-6,
    currentAmperes: isOverflow ? Number.NaN : current,
    powerWatts: isOverflow ? Number.NaN : power,
  }
}

export const ina219: SensorDriver<PowerQuantity, ShuntSettings> = {
  chip: 'ina219',
  addresses: addressRange(0x40, 16),
  quantities: powerQuantities(32, 0.32),
  settingsSchema: shuntSettingsFor(calibrateIna219),
  async identify(bus, address) {
    // Bit 15 of the configuration resets the chip and reads 0, and bit 14 is not used ("Configuration Register").
    return ((await bus.readWord(address, ina219Registers.configuration)) & 0xc000) === 0 ? 'unknown' : 'mismatch'
  },
  async configure(bus, address, settings) {
    const calibration = calibrateIna219(settings)
    await bus.writeWord(address, ina219Registers.configuration, ina219Configuration)
    await bus.writeWord(address, ina219Registers.calibration, calibration.register)
    return async () => {
      // Without its calibration the chip shows a current of zero, which would be believed.
      if ((await bus.readWord(address, ina219Registers.calibration)) !== calibration.register)
        throw configurationLost('ina219', bus, address)
      return decodeIna219(
        {
          shunt: await bus.readWord(address, ina219Registers.shunt),
          bus: await bus.readWord(address, ina219Registers.bus),
          power: await bus.readWord(address, ina219Registers.power),
          current: await bus.readWord(address, ina219Registers.current),
        },
        calibration,
      )
    }
  },
}
