import { join } from 'node:path'
import { type Device, devicesSync, readTextSync } from '../sysfs.ts'

/** Where the machine's fan is set, and what the numbers there mean. */
export interface FanPlace {
  /** In words: `pwmfan pwm1`. */
  readonly name: string
  /** Attribute that is written, holding 0 to `max`. */
  readonly path: string
  readonly max: number
  /** Attribute that gives the fan to whoever writes to `path` (1) or to the chip itself (2 and above), where there is one. */
  readonly modePath?: string
}

/**
 * Drivers of fans that cool the processor of a small board: the device tree's `pwm-fan` and `gpio-fan`, the PoE HAT's, and fan chips of HATs.
 * A computer's own fans are left to its own firmware.
 */
const boardFans = /^(pwm-?fan|gpio[-_]fan|rpi-?poe-?fan|emc2301|emc2305|adt7470|max6650)$/

/** Fans of hwmon that may be set (kernel: Documentation/hwmon/sysfs-interface). */
export function hwmonFan(hwmon: readonly Device[]): FanPlace | undefined {
  for (const device of hwmon) {
    const pwm = boardFans.test(device.name) ? pwmOf(device) : undefined
    if (pwm === undefined) continue
    const mode = `${pwm}_enable`
    // That of pwm-fan means something else: what happens to the regulator at 0 (Documentation/hwmon/pwm-fan).
    const hasMode = device.files.has(mode) && !/^pwm-?fan$/.test(device.name)
    return {
      name: `${device.name} ${pwm}`,
      path: join(device.path, pwm),
      max: 255,
      ...(hasMode ? { modePath: join(device.path, mode) } : {}),
    }
  }
  return undefined
}

/** First `pwmN` of a device. */
export function pwmOf({ files }: Device): string | undefined {
  return [...files].find((name) => /^pwm\d+$/.test(name))
}

/** Tachometer that belongs to a `pwmN`, or the first there is. */
export function tachometerOf({ files }: Device, pwm: string | undefined): string | undefined {
  const same = pwm?.replace(/^pwm(\d+)$/, 'fan$1_input')
  return same !== undefined && files.has(same) ? same : [...files].find((name) => /^fan\d+_input$/.test(name))
}

/** A fan of the thermal framework, with steps (kernel: Documentation/driver-api/thermal/sysfs-api, cooling devices). */
export function coolingFan(cooling: readonly Device[]): FanPlace | undefined {
  for (const device of cooling) {
    const max = Number(readTextSync(join(device.path, 'max_state')))
    if (!boardFans.test(device.name) || !device.files.has('cur_state') || !(max >= 1)) continue
    return { name: `${device.name} cur_state`, path: join(device.path, 'cur_state'), max }
  }
  return undefined
}

/** Both may be there for one fan: the finer one is taken. */
export function findFan(sysRoot: string): FanPlace | undefined {
  return hwmonFan(devicesSync(sysRoot, 'hwmon', 'name')) ?? coolingFan(devicesSync(sysRoot, 'thermal', 'type'))
}
