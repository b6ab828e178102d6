import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from './sysfs.ts'

/**
 * The board's revision code in hexadecimal, such as `c03111`: from the device tree (`system/linux,revision`, 32 bits, high byte first) or
 * from the `Revision` line of /proc/cpuinfo, which older kernels have. Undefined on what is no Raspberry Pi.
 */
export async function revisionCode(procRoot: string): Promise<string | undefined> {
  const bytes = await readFile(join(procRoot, 'device-tree/system/linux,revision')).catch(() => undefined)
  if (bytes?.length === 4) return bytes.readUInt32BE().toString(16).padStart(4, '0')
  const cpuinfo = await readText(join(procRoot, 'cpuinfo'))
  return /^Revision\s*:\s*([0-9a-f]{4,8})$/im.exec(cpuinfo ?? '')?.[1]?.toLowerCase()
}

const newStyle = 1 << 23

/**
 * Memory that is soldered to the board, bytes, from the revision code's bits 20 to 22 (raspberrypi.com/documentation, "Raspberry Pi revision
 * codes"); what the kernel counts is less by what the firmware keeps. Undefined for the codes of before 2014, which have no such bits.
 */
export function revisionMemoryBytes(code: string): number | undefined {
  const bits = Number.parseInt(code, 16)
  const size = (bits >> 20) & 7
  return (bits & newStyle) === 0 || size > 6 ? undefined : 2 ** (28 + size)
}
