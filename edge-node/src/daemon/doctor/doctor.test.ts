import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { checkClock, checkNetwork, checkNode } from './machine.ts'
import { parseDefaultOrMulticastRoutes } from './routes.ts'

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
const route = (name: string, destination: string, mask: string, flags = '0003') =>
  `${name}\t${destination}\t010200C0\t${flags}\t0\t0\t0\t${mask}\t0\t0\t0\n`

function address(change: Partial<NetworkInterfaceInfo>): NetworkInterfaceInfo {
  return {
    address: '192.0.2.7',
    netmask: '255.255.255.0',
    mac: '02:00:00:00:00:01',
    cidr: '192.0.2.7/24',
    internal: false,
    family: 'IPv4',
    ...change,
  } as NetworkInterfaceInfo
}

describe('routes of multicast', () => {
  it.each([
    ['the default route', route('eth0', '00000000', '00000000'), ['eth0']],
    ['a route to all of multicast', route('wlan0', '000000E0', '000000F0'), ['wlan0']],
    ['a route to the group of mDNS', route('eth1', 'FB0000E0', 'FFFFFFFF'), ['eth1']],
    ['no route', '', []],
    ['a route to the neighbours only', route('eth0', '000200C0', '00FFFFFF'), []],
    ['a route that is down', route('eth0', '00000000', '00000000', '0002'), []],
    ['garbage', 'a b\nc\n', []],
  ])('are found: %s', (_what, lines, expected) => {
    expect(parseDefaultOrMulticastRoutes(header + lines)).toEqual(expected)
  })
})

describe('checks of the machine', () => {
  it('want Node 24', () => {
    expect(checkNode('24.21.0').status).toBe('pass')
    expect(checkNode('20.11.1').status).toBe('fail')
  })

  it('tell a clock that was never set', () => {
    expect(checkClock(Date.UTC(2026, 1, 1)).status).toBe('pass')
    expect(checkClock(0).status).toBe('warn')
    expect(checkClock(Date.UTC(2150, 1, 1)).status).toBe('warn')
  })

  it('want an address besides loopback', () => {
    expect(checkNetwork({ eth0: [address({})] })).toMatchObject({ status: 'pass', detail: 'eth0 192.0.2.7/24' })
    expect(checkNetwork({ lo: [address({ internal: true })], wlan0: [address({ family: 'IPv6' })] }).status).toBe(
      'fail',
    )
  })
})
