import { join } from 'node:path'
import type { InterfaceBytes } from './proc.ts'
import { list } from './sysfs.ts'

/**
 * Interfaces whose traffic counts: those with hardware behind them. Bridges and virtual interfaces carry the same bytes again.
 * Where none has hardware (a container, a namespace) all but loopback count.
 */
export async function countedInterfaces(sysRoot: string): Promise<readonly string[]> {
  const folder = join(sysRoot, 'class/net')
  const names = (await list(folder)).filter((name) => name !== 'lo' && name !== 'bonding_masters')
  const physical: string[] = []
  for (const name of names) if ((await list(join(folder, name))).includes('device')) physical.push(name)
  return physical.length > 0 ? physical : names
}

export interface NetworkCounters {
  readonly atMs: number
  readonly interfaces: ReadonlyMap<string, InterfaceBytes>
}

/**
 * Bytes per second between two readings, over the interfaces that both have and whose counters did not go back; undefined when
 * there is no such interface or no time has passed.
 */
export function networkRates(
  before: NetworkCounters,
  after: NetworkCounters,
  counted: readonly string[],
): { receive: number; transmit: number } | undefined {
  const seconds = (after.atMs - before.atMs) / 1000
  if (!(seconds > 0)) return undefined
  let any = false
  let received = 0
  let transmitted = 0
  for (const name of counted) {
    const old = before.interfaces.get(name)
    const now = after.interfaces.get(name)
    if (old === undefined || now === undefined) continue
    if (now.received < old.received || now.transmitted < old.transmitted) continue
    any = true
    received += now.received - old.received
    transmitted += now.transmitted - old.transmitted
  }
  return any ? { receive: received / seconds, transmit: transmitted / seconds } : undefined
}
