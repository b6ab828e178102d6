import { join } from 'node:path'
import type { BoardAlarms, PowerSource } from '../board.ts'
import type { SensorMap } from './sensors.ts'
import { readNumber, readText } from './sysfs.ts'

/** What feeds the machine; undefined where the kernel knows no power supply. */
export async function readPowerSource(map: SensorMap): Promise<PowerSource | undefined> {
  const online = await Promise.all(map.mains.map((path) => readNumber(join(path, 'online'))))
  if (online.some((value) => value === 1)) return 'mains'
  const states = await Promise.all(map.batteries.map((path) => readText(join(path, 'status'))))
  if (states.includes('Discharging')) return 'battery'
  // A battery that charges or is full has a supply even where the kernel does not show it.
  if (states.includes('Charging') || states.includes('Full')) return 'mains'
  return undefined
}

/** Bits of the firmware's flags, as `vcgencmd get_throttled` gives them: now, and since boot sixteen bits above. */
const flagBits = { underVoltage: 0, frequencyCapped: 1, throttled: 2, softTemperatureLimit: 3 } as const
type Flag = keyof typeof flagBits
const flagNames = Object.keys(flagBits) as readonly Flag[]

/**
 * Alarms of the board's firmware. Both sources of under-voltage are read, because the hwmon alarm is known to miss events
 * (github.com/raspberrypi/linux/issues/2367).
 */
export async function readAlarms(map: SensorMap): Promise<BoardAlarms> {
  const raised = (await Promise.all(map.underVoltageAlarms.map(readNumber))).filter((value) => value !== undefined)
  const flags = map.throttledFlags === undefined ? undefined : parseFlags(await readText(map.throttledFlags))
  const alarms: { -readonly [K in keyof BoardAlarms]: BoardAlarms[K] } = {}
  if (raised.length > 0) alarms.underVoltage = raised.includes(1)
  if (flags === undefined) return alarms
  for (const name of flagNames) {
    const bit = flagBits[name]
    alarms[name] = alarms[name] === true || (flags & (1 << bit)) !== 0
    alarms[`${name}SinceBoot`] = (flags & (1 << (bit + 16))) !== 0
  }
  return alarms
}

/**
 * The alarms of now, with what was seen before: the kernel clears the firmware's memory when it reads the flags for itself, so
 * what was true since boot stays true here.
 */
export function rememberAlarms(before: BoardAlarms, now: BoardAlarms): BoardAlarms {
  const alarms: { -readonly [K in keyof BoardAlarms]: BoardAlarms[K] } = { ...now }
  for (const name of flagNames) {
    const since = `${name}SinceBoot` as const
    if (now[name] === true || now[since] === true || before[since] === true) alarms[since] = true
  }
  return alarms
}

/** Hexadecimal with or without 0x. */
function parseFlags(text: string | undefined): number | undefined {
  return text !== undefined && /^(0x)?[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined
}
