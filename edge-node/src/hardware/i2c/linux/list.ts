import { join } from 'node:path'
import { type LinuxRoots, list, readText, realRoots } from '../../linux/sysfs.ts'

export interface I2cBusEntry {
  /** N of /dev/i2c-N. */
  readonly number: number
  /** What the adapter's driver calls it; empty when it does not say. */
  readonly adapter: string
}

/** Buses of this machine, from /sys/class/i2c-dev (kernel: Documentation/i2c/dev-interface). None without the i2c-dev module. */
export async function listI2cBuses(roots: Pick<LinuxRoots, 'sys'> = realRoots): Promise<readonly I2cBusEntry[]> {
  const folder = join(roots.sys, 'class', 'i2c-dev')
  const found: I2cBusEntry[] = []
  for (const entry of await list(folder)) {
    const match = /^i2c-(\d{1,6})$/.exec(entry)
    if (match?.[1] === undefined) continue
    found.push({ number: Number(match[1]), adapter: (await readText(join(folder, entry, 'name'))) ?? '' })
  }
  return found
}
