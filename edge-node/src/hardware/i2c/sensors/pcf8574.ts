import { z } from 'zod'
import type { I2cBus } from '../bus.ts'
import { addressRange, configurationLost, type SensorDriver } from './driver.ts'

/** TI PCF8574 and PCF8574A, datasheet SCPS068. It has no registers: a byte written is its latch, a byte read is its pins. */
export const pcf8574Lines = 8
const mask = z.number().int().min(0).max(0xff)

const settingsSchema = z.strictObject({
  /** Lines that are read, bit 0 is P0. Default: all. */
  inputs: mask.default(0xff),
  /** Levels of the other lines. Default: all high, as after power-on. */
  outputs: mask.default(0xff),
})
export type Pcf8574Settings = z.infer<typeof settingsSchema>

/**
 * The latch for these lines ("Detailed Description": quasi-bidirectional). A line is an input when its latch is 1: a weak pull-up that
 * whatever is outside can pull down. A latch of 0 pulls the line down strongly.
 */
export function pcf8574Latch({ inputs, outputs }: Pcf8574Settings): number {
  return (inputs | outputs) & 0xff
}

/** Levels of the eight pins, P0 first. */
export function decodePcf8574(byte: number): readonly boolean[] {
  return Array.from({ length: pcf8574Lines }, (_, line) => ((byte >> line) & 1) === 1)
}

/** Sets the levels of outputs; inputs stay inputs. */
export function writePcf8574(bus: I2cBus, address: number, settings: Pcf8574Settings): Promise<void> {
  return bus.sendByte(address, pcf8574Latch(settings))
}

export const pcf8574: SensorDriver<'lines', Pcf8574Settings> = {
  chip: 'pcf8574',
  // PCF8574 and PCF8574A.
  addresses: [...addressRange(0x20, 8), ...addressRange(0x38, 8)],
  // Lines may stay for years and change all at once.
  quantities: { lines: { unit: 'bits', min: 0, max: 0xff } },
  settingsSchema,
  identify: () => Promise.resolve('unknown'),
  async configure(bus, address, settings) {
    await writePcf8574(bus, address, settings)
    const pulledDown = ~pcf8574Latch(settings) & 0xff
    return async () => {
      const lines = await bus.receiveByte(address)
      // The latch cannot be read; but nothing else lets go of a line that it pulls down.
      if ((lines & pulledDown) !== 0) throw configurationLost('pcf8574', bus, address)
      return { lines }
    }
  },
}
