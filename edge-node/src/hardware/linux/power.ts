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

const underVoltageNow = 1 << 0
const throttledNow = 1 << 2

/**
 * Alarms of the board's firmware. Both sources of under-voltage are read, because the hwmon alarm is known to miss events
 * (github.com/raspberrypi/linux/issues/2367).
 */
export async function readAlarms(map: SensorMap): Promise<BoardAlarms> {
  const raised = await Promise.all(map.underVoltageAlarms.map(readNumber))
  const flags = map.throttledFlags === undefined ? undefined : parseFlags(await readText(map.throttledFlags))
  const sources = [...raised.filter((value) => value !== undefined).map((value) => value === 1)]
  if (flags !== undefined) sources.push((flags & underVoltageNow) !== 0)
  return {
    ...(sources.length === 0 ? {} : { underVoltage: sources.includes(true) }),
    ...(flags === undefined ? {} : { throttled: (flags & throttledNow) !== 0 }),
  }
}

/** Hexadecimal with or without 0x. */
function parseFlags(text: string | undefined): number | undefined {
  return text !== undefined && /^(0x)?[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined
}
