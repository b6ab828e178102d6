import { z } from 'zod'
import {
  type Bme280Trimming,
  celsiusOf,
  compensateHumidity,
  compensatePressure,
  decodeTrimming,
  fineTemperature,
  trimmingBlocks,
} from './bme280-compensation.ts'
import { configurationLost, type SensorDriver, type SensorValues } from './driver.ts'

/** Bosch BME280, datasheet BST-BME280-DS002 (revision 1.6). Registers: section 5.3, table 18. */
export const bme280Registers = {
  id: 0xd0,
  controlHumidity: 0xf2,
  controlMeasure: 0xf4,
  config: 0xf5,
  data: 0xf7,
} as const
/** Section 5.4.1. */
export const bme280Id = 0x60

/** Sections 5.4.3, 5.4.5 and 5.4.6: each quantity once (no oversampling), continuously, 1 s between measurements, no filter. */
const controlHumidity = 0x01
const controlMeasure = 0x27
const config = 0xa0

/** From the control registers to the last byte of data in one transfer, so that the values belong together (section 4). */
const burst = { register: bme280Registers.controlHumidity, length: 13 } as const

/** What the registers hold before the first measurement (section 5.4.7 to 5.4.9). */
const noRaw20 = 0x80000
const noRaw16 = 0x8000

export type ClimateQuantity = 'temperatureCelsius' | 'pressurePascals' | 'humidityRatio'

/** Values of the eight data registers from 0xf7 on (table 18); what has not been measured is left out. */
export function decodeBme280(data: Uint8Array, trimming: Bme280Trimming): SensorValues<ClimateQuantity> {
  const at = (index: number): number => data[index] ?? 0
  const rawPressure = (at(0) << 12) | (at(1) << 4) | (at(2) >> 4)
  const rawTemperature = (at(3) << 12) | (at(4) << 4) | (at(5) >> 4)
  const rawHumidity = (at(6) << 8) | at(7)
  // Both others are corrected by the temperature.
  if (rawTemperature === noRaw20) return {}
  const fine = fineTemperature(rawTemperature, trimming)
  return {
    temperatureCelsius: celsiusOf(fine),
    ...(rawPressure === noRaw20 ? {} : { pressurePascals: compensatePressure(rawPressure, fine, trimming) }),
    ...(rawHumidity === noRaw16 ? {} : { humidityRatio: compensateHumidity(rawHumidity, fine, trimming) }),
  }
}

export const bme280: SensorDriver<ClimateQuantity, Record<string, never>> = {
  chip: 'bme280',
  addresses: [0x76, 0x77],
  // Section 1: operating ranges. A value of so many bits has noise.
  quantities: {
    temperatureCelsius: { unit: 'celsius', min: -40, max: 85, maxPerSecond: 5, stuckAfterMs: 600_000 },
    pressurePascals: { unit: 'pascals', min: 30_000, max: 110_000, maxPerSecond: 2000, stuckAfterMs: 600_000 },
    // Stays at 0 or 1 when the air does, or when there is dew on it.
    humidityRatio: { unit: 'ratio', min: 0, max: 1, maxPerSecond: 0.2 },
  },
  settingsSchema: z.strictObject({}),
  async identify(bus, address) {
    return (await bus.readByte(address, bme280Registers.id)) === bme280Id ? 'match' : 'mismatch'
  },
  async configure(bus, address) {
    const { first, second } = trimmingBlocks
    const trimming = decodeTrimming(
      await bus.readBlock(address, first.register, first.length),
      await bus.readBlock(address, second.register, second.length),
    )
    // The configuration may be ignored while the chip measures, and the humidity's counts from the next write of the other (sections 5.4.3, 5.4.6).
    await bus.writeByte(address, bme280Registers.controlMeasure, 0)
    await bus.writeByte(address, bme280Registers.config, config)
    await bus.writeByte(address, bme280Registers.controlHumidity, controlHumidity)
    await bus.writeByte(address, bme280Registers.controlMeasure, controlMeasure)
    return async () => {
      const bytes = await bus.readBlock(address, burst.register, burst.length)
      if (bytes[bme280Registers.controlMeasure - burst.register] !== controlMeasure)
        throw configurationLost('bme280', bus, address)
      return decodeBme280(bytes.subarray(bme280Registers.data - burst.register), trimming)
    }
  },
}
