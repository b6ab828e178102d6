import { addressRange, configurationLost, type SensorDriver, signed16 } from './driver.ts'
import {
  type Calibration,
  calibrate,
  type PowerQuantity,
  powerQuantities,
  type ShuntSettings,
  shuntSettingsFor,
} from './shunt.ts'

/** TI INA226, datasheet SBOS547B. Registers: table 7-1. */
export const ina226Registers = {
  configuration: 0x00,
  shunt: 0x01,
  bus: 0x02,
  power: 0x03,
  current: 0x04,
  calibration: 0x05,
  mask: 0x06,
  manufacturer: 0xfe,
  die: 0xff,
} as const
/** Section 7.1.9: "TI". */
export const ina226Manufacturer = 0x5449
/** Section 7.1.10: the die in bits 15 to 4, its revision below. */
export const ina226Die = 0x2260

/** Section 7.1.1: means of 16 conversions of 1.1 ms, shunt and bus continuously. */
export const ina226Configuration = 0x4527

export interface Ina226Words {
  readonly shunt: number
  readonly bus: number
  readonly power: number
  readonly current: number
  readonly mask: number
}

/** The calibration register (section 6.5.1, equation 1: 0.00512 V), 15 bits (section 7.1.6). */
export function calibrateIna226(settings: ShuntSettings): Calibration {
  return calibrate(settings, 'ina226', 0.00512, 0x7fff, 1)
}

/**
 * Volts, amperes, watts of the registers (sections 7.1.2 to 7.1.5: 2.5 uV, 1.25 mV, 25 steps of current). Bit 2 of mask/enable (section
 * 7.1.7) says that current and power overflowed, and then both are NaN.
 */
export function decodeIna226(words: Ina226Words, { stepAmperes }: Calibration): Record<PowerQuantity, number> {
  const isOverflow = (words.mask & 0x0004) !== 0
  const current = signed16(words.current) * stepAmperes
  // The power register has no sign: it belongs to the current.
  const power = words.power * 25 * stepAmperes * (current < 0 ? -1 : 1)
  return {
    busVolts: words.bus * 0.00125,
    shuntVolts: signed16(words.shunt) * 2.5e-6,
    currentAmperes: isOverflow ? Number.NaN : current,
    powerWatts: isOverflow ? Number.NaN : power,
  }
}

export const ina226: SensorDriver<PowerQuantity, ShuntSettings> = {
  chip: 'ina226',
  addresses: addressRange(0x40, 16),
  // 0x7fff steps of the bus register (section 7.1.3) and of the shunt register (section 7.1.2).
  quantities: powerQuantities(40.96, 0.08192),
  settingsSchema: shuntSettingsFor(calibrateIna226),
  async identify(bus, address) {
    if ((await bus.readWord(address, ina226Registers.manufacturer)) !== ina226Manufacturer) return 'mismatch'
    return ((await bus.readWord(address, ina226Registers.die)) & 0xfff0) === ina226Die ? 'match' : 'mismatch'
  },
  async configure(bus, address, settings) {
    const calibration = calibrateIna226(settings)
    await bus.writeWord(address, ina226Registers.configuration, ina226Configuration)
    await bus.writeWord(address, ina226Registers.calibration, calibration.register)
    return async () => {
      // Without its calibration the chip shows a current of zero, which would be believed.
      if ((await bus.readWord(address, ina226Registers.calibration)) !== calibration.register)
        throw configurationLost('ina226', bus, address)
      return decodeIna226(
        {
          shunt: await bus.readWord(address, ina226Registers.shunt),
          bus: await bus.readWord(address, ina226Registers.bus),
          power: await bus.readWord(address, ina226Registers.power),
          current: await bus.readWord(address, ina226Registers.current),
          mask: await bus.readWord(address, ina226Registers.mask),
        },
        calibration,
      )
    }
  },
}
