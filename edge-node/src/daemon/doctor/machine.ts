import { readFile } from 'node:fs/promises'
import type { NetworkInterfaceInfo } from 'node:os'
import { join } from 'node:path'
import { parseDefaultOrMulticastRoutes } from './routes.ts'
import { type Check, fail, pass, warn } from './check.ts'

/** `node:sqlite` and the removal of types need this. */
const leastNodeMajor = 24
/** No daemon of this version existed before. */
const earliestPlausibleMs = Date.UTC(2025, 0, 1)
const latestPlausibleMs = Date.UTC(2100, 0, 1)

export function checkNode(version: string): Check {
  const major = Number(version.split('.', 1)[0])
  if (major >= leastNodeMajor) return pass('node', `Node ${version}`)
  return fail('node', `Node ${version} is too old`, `install Node ${leastNodeMajor} or later`)
}

export function checkClock(wallMs: number): Check {
  const text = new Date(wallMs).toISOString()
  if (wallMs >= earliestPlausibleMs && wallMs < latestPlausibleMs) return pass('clock', text)
  return warn(
    'clock',
    `the clock says ${text}`,
    'set it with `date`, or fit a clock chip; the fleet works without, but times shown are wrong',
  )
}

export function checkNetwork(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): Check {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ cidr, address }) => `${name} ${cidr ?? address}`),
  )
  if (found.length > 0) return pass('network', found.slice(0, 4).join(', '))
  return fail(
    'network',
    'no network interface but loopback has an IPv4 address',
    'plug in the cable, or join a wireless network',
  )
}

/** mDNS goes out on the interface that routes multicast. */
export async function checkMulticast(procRoot: string): Promise<Check> {
  const text = await readFile(join(procRoot, 'net/route'), 'utf8').catch(() => '')
  const routes = parseDefaultOrMulticastRoutes(text)
  if (routes.length > 0) return pass('multicast', `routed over ${routes.join(', ')}`)
  return warn(
    'multicast',
    'no route for multicast: members are not found by mDNS',
    'add a default route or `ip route add 224.0.0.0/4 dev IFACE`, or name a member with --peer',
  )
}
