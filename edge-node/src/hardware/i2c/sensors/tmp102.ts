import { z } from 'zod'
import { addressRange, configurationLost, type SensorDriver, signed16 } from './driver.ts'

/** TI TMP102, datasheet SBOS397. Registers: "Pointer Register". */
const temperatureRegister = 0x00
const configurationRegister = 0x01

/**
 * "Configuration Register": continuous conversion four times a second, 12 bits, as after power-on. Bits 14 and 13 say the resolution, are
 * always 1 and cannot be written; bit 15 (one shot) and bit 5 (alert) change by themselves and are not compared.
 */
const configuration = 0x60a0
const resolutionBits = 0x6000
const compared = 0x7fdf

/**
 * Degrees Celsius of the temperature register ("Temperature Register"): 1/16 K a step, left-justified in 12 bits, or in 13 when bit 0 says
 * so. Any word gives a number from -256 to 256.
 */
export function decodeTmp102(word: number): number {
  return (word & 1) === 1 ? (signed16(word) >> 3) / 16 : (signed16(word) >> 4) / 16
}

export const tmp102: SensorDriver<'temperatureCelsius', Record<string, never>> = {
  chip: 'tmp102',
  addresses: addressRange(0x48, 4),
  quantities: {
    // It measures to -55; "Electrical Characteristics" gives its accuracy from -40 to 125.
    temperatureCelsius: { unit: 'celsius', min: -55, max: 128, maxPerSecond: 10, stuckAfterMs: 3_600_000 },
  },
  settingsSchema: z.strictObject({}),
  async identify(bus, address) {
    const word = await bus.readWord(address, configurationRegister)
    return (word & resolutionBits) === resolutionBits ? 'unknown' : 'mismatch'
  },
  async configure(bus, address) {
    await bus.writeWord(address, configurationRegister, configuration)
    return async () => {
      // A chip in shutdown keeps showing its last temperature.
      const present = await bus.readWord(address, configurationRegister)
      if ((present & compared) !== (configuration & compared)) throw configurationLost('tmp102', bus, address)
      return { temperatureCelsius: decodeTmp102(await bus.readWord(address, temperatureRegister)) }
    }
  },
}
