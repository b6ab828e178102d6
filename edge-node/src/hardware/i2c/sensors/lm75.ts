import { z } from 'zod'
import { addressRange, configurationLost, type SensorDriver, signed16 } from './driver.ts'

/** LM75 and its kin: TI LM75B, SNIS153; NXP LM75B. */
const temperatureRegister = 0x00
const configurationRegister = 0x01
/** "Configuration Register": bit 0 shuts the chip down. */
const running = 0x00
const shutdown = 0x01

const settingsSchema = z.strictObject({
  /** 9 bits are 0.5 K a step (every LM75; the bits below are undefined on some); 11 are 0.125 K (NXP LM75B). Default 9. */
  resolutionBits: z.union([z.literal(9), z.literal(11)]).default(9),
})
export type Lm75Settings = z.infer<typeof settingsSchema>

/** Degrees Celsius of the temperature register ("Temperature Register"), left-justified. Any word gives a number from -128 to 128. */
export function decodeLm75(word: number, { resolutionBits }: Lm75Settings): number {
  return (signed16(word) >> (16 - resolutionBits)) / 2 ** (resolutionBits - 8)
}

export const lm75: SensorDriver<'temperatureCelsius', Lm75Settings> = {
  chip: 'lm75',
  addresses: addressRange(0x48, 8),
  quantities: {
    // Half a kelvin a step stays the same for days in a quiet room: never taken for stuck.
    temperatureCelsius: { unit: 'celsius', min: -55, max: 125, maxPerSecond: 10 },
  },
  settingsSchema,
  async identify(bus, address) {
    // "Configuration Register": bits 7 to 5 are zero in normal operation.
    return ((await bus.readByte(address, configurationRegister)) & 0xe0) === 0 ? 'unknown' : 'mismatch'
  },
  async configure(bus, address, settings) {
    await bus.writeByte(address, configurationRegister, running)
    return async () => {
      // A chip in shutdown keeps showing its last temperature.
      if (((await bus.readByte(address, configurationRegister)) & shutdown) !== 0)
        throw configurationLost('lm75', bus, address)
      return { temperatureCelsius: decodeLm75(await bus.readWord(address, temperatureRegister), settings) }
    }
  },
}
