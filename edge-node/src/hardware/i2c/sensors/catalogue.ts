import { bme280 } from './bme280.ts'
import type { SensorDriver } from './driver.ts'
import { ina219 } from './ina219.ts'
import { ina226 } from './ina226.ts'
import { lm75 } from './lm75.ts'
import { max17048 } from './max17048.ts'
import { pcf8574 } from './pcf8574.ts'
import { tmp102 } from './tmp102.ts'

/** Every chip that can be read, by the name that a configuration gives it. */
export const sensorDrivers = { tmp102, lm75, bme280, ina219, ina226, max17048, pcf8574 } as const
export type SensorChip = keyof typeof sensorDrivers
export const sensorChips = Object.keys(sensorDrivers) as readonly SensorChip[]

/** The driver of a chip, for those who do not care which quantities it has. Its settings go through `settingsSchema` first. */
export function sensorDriver(chip: SensorChip): SensorDriver {
  return sensorDrivers[chip]
}
