import { BlockList } from 'node:net'
import type { NetworkInterface } from './multicast.ts'

/** The interfaces from whose network `from` speaks; all of them when it is of none, as behind a bridge with mixed networks. */
export function interfacesTowards(from: string, interfaces: readonly NetworkInterface[]): readonly NetworkInterface[] {
  const near = interfaces.filter(({ address, netmask }) => {
    const network = new BlockList()
    network.addSubnet(address, prefixLength(netmask))
    return network.check(from)
  })
  return near.length === 0 ? interfaces : near
}

function prefixLength(netmask: string): number {
  const bits = netmask.split('.').map((byte) => Number(byte).toString(2))
  return bits.join('').replaceAll('0', '').length
}
