import { expect, test } from 'vitest'
import { readCounters } from './counters.ts'

const links = JSON.stringify([
  { ifname: 'lo', stats64: { rx: { bytes: 1, packets: 1 }, tx: { bytes: 1, packets: 1 } } },
  { ifname: 'p12', stats64: { rx: { bytes: 500, packets: 5, errors: 0 }, tx: { bytes: 700, packets: 7 } } },
  {},
])

test('what a port receives is what its node sent, and mDNS gets its Ethernet headers back', () => {
  const nft = JSON.stringify({
    nftables: [{ metainfo: {} }, { counter: { name: 'sent_p12', bytes: 128, packets: 1, handle: 3 } }],
  })
  expect([...readCounters(links, nft)]).toEqual([
    [
      12,
      {
        sent: { bytes: 500, packets: 5 },
        received: { bytes: 700, packets: 7 },
        mdns: { sent: { bytes: 142, packets: 1 }, received: { bytes: 0, packets: 0 } },
      },
    ],
  ])
})

test.each([
  ['no JSON', 'x', '{"nftables":[]}'],
  ['another form of ip', '{}', '{"nftables":[]}'],
  ['another form of nft', '[]', '[]'],
])('%s is refused', (_, ip, nft) => {
  expect(() => readCounters(ip, nft)).toThrow(expect.objectContaining({ code: 'LAB_UNSUPPORTED' }) as Error)
})
