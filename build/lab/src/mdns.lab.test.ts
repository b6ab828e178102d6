import { describe, expect, test } from 'vitest'
import { Lab, labCapability, LabHost, type LabMachine } from './index.ts'
import { program } from './testing/programs.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''

/** Runs two libp2p nodes, told no address, until each has found the other and they are connected; gives their ids. */
async function discover(left: LabMachine, right: LabMachine): Promise<(string | undefined)[]> {
  const pair = [left.spawn(program('mdns-peer')), right.spawn(program('mdns-peer'))] as const
  const [first, second] = await Promise.all(
    pair.map(async (peer) => (await peer.waitForLine(/^id /, { timeoutMs: 30_000 })).text.slice('id '.length)),
  )
  await pair[0].waitForLine(`found ${String(second)}`, { timeoutMs: 30_000 })
  await pair[1].waitForLine(`found ${String(first)}`, { timeoutMs: 30_000 })
  await pair[0].waitForLine(`connected ${String(second)}`, { timeoutMs: 30_000 })
  return [first, second]
}

describe.skipIf(capability.kind !== 'netns')(`mDNS discovery of libp2p${skipped}`, () => {
  test('works between the nodes of a lab, and its traffic is counted', async () => {
    await using lab = await Lab.create({ nodes: 2 })
    expect(new Set(await discover(lab.node(1), lab.node(2))).size).toBe(2)
    const { mdns } = await lab.node(1).counters()
    expect(mdns.sent.packets).toBeGreaterThan(0)
    expect(mdns.received.packets).toBeGreaterThan(0)
  })

  test('works within one host that has no network', async () => {
    await using host = await LabHost.create()
    expect(new Set(await discover(host, host)).size).toBe(2)
  })
})
