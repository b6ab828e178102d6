import type { LineSettings } from '../gpio/settings.ts'
import type { SensorSettings } from '../i2c/sensors/settings.ts'

/** Lines that a simulated board has when the configuration names none. Pins are BCM numbers. */
export const simulatedLines: readonly LineSettings[] = [
  // A contact to ground that the closed case holds shut: opened, or its wire cut, the pull-up makes it `on`.
  { name: 'case-switch', direction: 'in', pin: 17, activeLow: false, pull: 'up', debounceMs: 50 },
  { name: 'motion', direction: 'in', pin: 27, activeLow: false, pull: 'down', debounceMs: 50 },
  { name: 'relay', direction: 'out', pin: 23, activeLow: false, safe: 'off' },
  { name: 'status-led', direction: 'out', pin: 24, activeLow: false, safe: 'off' },
]

/** Sensors that a simulated board has when the configuration names none: the air around it, its supply, its battery. */
export const simulatedSensors: readonly SensorSettings[] = [
  { name: 'air', chip: 'bme280', bus: 1, address: 0x76, measures: 'air' },
  { name: 'supply', chip: 'ina219', bus: 1, address: 0x40, settings: { shuntOhms: 0.1, maxAmperes: 3.2 } },
  { name: 'battery', chip: 'max17048', bus: 1, address: 0x36 },
]

/** Which of the lines tell of tampering. */
export const simulatedSigns = { case: 'case-switch', motion: 'motion' } as const
