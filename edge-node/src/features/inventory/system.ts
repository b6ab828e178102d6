import { readFile } from 'node:fs/promises'
import { hostname, release, type as kernelName } from 'node:os'
import type { InventoryBody } from '@wrale/protocol/records'
import { parseOsName } from '../../hardware/linux/proc.ts'

/** The operating system that the daemon runs on. On a simulated board this is real: only the hardware is simulated. */
export async function describeSystem(osReleaseFile = '/etc/os-release'): Promise<InventoryBody['system']> {
  const text = await readFile(osReleaseFile, 'utf8').catch(() => '')
  return {
    hostname: hostname().slice(0, 253),
    os: (parseOsName(text) ?? kernelName()).slice(0, 128),
    kernel: release().slice(0, 128),
    node: process.versions.node,
  }
}
