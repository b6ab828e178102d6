import { z } from 'zod'
import { type SensorDriver, signed16 } from './driver.ts'

/** Maxim MAX17048, datasheet 19-6171. Registers: "Register Summary" (table 2). */
export const max17048Registers = { voltage: 0x02, charge: 0x04, version: 0x08, rate: 0x16 } as const
/** "VERSION Register": production version, the last four bits are the revision. */
export const max17048Version = 0x0010

export type BatteryQuantity = 'batteryVolts' | 'batteryRatio' | 'chargeRatioPerHour'

export interface Max17048Words {
  readonly voltage: number
  readonly charge: number
  readonly rate: number
}

/** The gauge goes a little over full while a cell is being filled; beyond this the value is nonsense and passed on for the watcher to refuse. */
const overFullRatio = 1.1

/**
 * "VCELL Register": 78.125 uV a step. "SOC Register": 1/256 percent a step. "CRATE Register": 0.208 percent an hour a step, positive while
 * charging, an approximation.
 */
export function decodeMax17048(words: Max17048Words): Record<BatteryQuantity, number> {
  const ratio = words.charge / 25_600
  return {
    batteryVolts: words.voltage * 78.125e-6,
    batteryRatio: ratio > 1 && ratio <= overFullRatio ? 1 : ratio,
    chargeRatioPerHour: signed16(words.rate) * 0.002_08,
  }
}

export const max17048: SensorDriver<BatteryQuantity, Record<string, never>> = {
  chip: 'max17048',
  addresses: [0x36],
  quantities: {
    // "Electrical Characteristics": the chip works from 2.5 V and measures up to 5 V.
    batteryVolts: { unit: 'volts', min: 2.5, max: 5, maxPerSecond: 1 },
    batteryRatio: { unit: 'ratio', min: 0, max: 1, maxPerSecond: 0.05 },
    chargeRatioPerHour: { unit: 'ratioPerHour', min: -68.2, max: 68.2 },
  },
  settingsSchema: z.strictObject({}),
  async identify(bus, address) {
    return ((await bus.readWord(address, max17048Registers.version)) & 0xfff0) === max17048Version
      ? 'match'
      : 'mismatch'
  },
  /** Writes nothing: a restart of the gauge ("Quick-Start") would throw away what it has learnt of the cell. */
  configure(bus, address) {
    return Promise.resolve(async () =>
      decodeMax17048({
        voltage: await bus.readWord(address, max17048Registers.voltage),
        charge: await bus.readWord(address, max17048Registers.charge),
        rate: await bus.readWord(address, max17048Registers.rate),
      }),
    )
  },
}
