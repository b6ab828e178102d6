import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, labCapability, type LabNode } from './index.ts'
import { startServer, Talker } from './testing/programs.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''

describe.skipIf(capability.kind !== 'netns')(`a network of namespaces${skipped}`, () => {
  let lab: Lab
  let nodes: readonly [LabNode, LabNode, LabNode]
  let talkers: readonly [Talker, Talker, Talker]
  let round = 0

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 3 })
    nodes = [lab.node(1), lab.node(2), lab.node(3)]
    talkers = await Promise.all([Talker.start(nodes[0]), Talker.start(nodes[1]), Talker.start(nodes[2])])
  })
  afterAll(async () => await lab.close())

  /** Says `lost` on the broken network, then `kept` on the repaired one, and gives what of it arrived by then. */
  async function arrivals(from: Talker, to: Talker, repair: () => Promise<void>): Promise<string[]> {
    round += 1
    await from.say(`${round} lost`)
    await repair()
    const kept = `${round} kept`
    const said = async (): Promise<number> => {
      await from.say(kept)
      return to.heard(kept).length
    }
    // What is sent in the moment in which a link comes up may be lost still: a port takes its time to forward.
    await expect.poll(said, { timeout: 10_000, interval: 200 }).toBeGreaterThan(0)
    return [...new Set(to.heard(`${round} `))]
  }

  test('multicast reaches everybody', async () => {
    await talkers[0].say('all')
    await Promise.all([talkers[1].hears('all'), talkers[2].hears('all')])
    expect(talkers[0].heard('all')).toEqual([])
  })

  test('TCP passes between nodes, and a server on 127.0.0.1 is reached from its own node only', async () => {
    const { port } = await startServer(nodes[1])
    const answer = await nodes[0].http(`http://${nodes[1].address}:${port}/`)
    expect(answer.json()).toMatchObject({ hostname: 'n2', host: `${nodes[1].address}:${port}` })
    expect((await nodes[1].http(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await expect(nodes[0].http(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      meta: { systemCode: 'ECONNREFUSED' },
    })
  })

  test('a pulled cable stops a node both ways until it is plugged in, and shows as no carrier', async () => {
    await nodes[1].linkDown()
    expect(await nodes[1].exec('cat', ['/sys/class/net/eth0/carrier'])).toBe('0\n')
    expect(await arrivals(talkers[0], talkers[1], () => nodes[1].linkUp())).toEqual([`${round} kept`])
    await nodes[1].linkDown()
    expect(await arrivals(talkers[1], talkers[0], () => nodes[1].linkUp())).toEqual([`${round} kept`])
  })

  test('a switch that is down stops everybody while their links stay up', async () => {
    await lab.linkDown()
    expect(await nodes[1].exec('cat', ['/sys/class/net/eth0/carrier'])).toBe('1\n')
    expect(await arrivals(talkers[2], talkers[0], () => lab.linkUp())).toEqual([`${round} kept`])
  })

  test('a loss of 1 loses all, in the one direction it was set for', async () => {
    await nodes[0].setLoss({ in: 1 })
    await talkers[0].say('one way')
    await talkers[1].hears('one way')
    expect(await arrivals(talkers[1], talkers[0], () => nodes[0].setLoss(0))).toEqual([`${round} kept`])
  })

  test('a loss of 0.5 loses about half', async () => {
    await nodes[0].setLoss({ out: 0.5 })
    for (let n = 0; n < 200; n += 1) await talkers[0].say(`half-${n}`)
    await nodes[0].setLoss(0)
    await talkers[0].say('half-over')
    await talkers[1].hears('half-over')
    // 100 expected with a standard deviation of 7: six of them either way.
    expect(talkers[1].heard('half-').length - 1).toBeGreaterThan(58)
    expect(talkers[1].heard('half-').length - 1).toBeLessThan(142)
  })

  test('a partition separates its two sides only, and heals', async () => {
    await lab.partition([nodes[0]], [nodes[1]])
    await talkers[0].say('across')
    await talkers[2].hears('across')
    expect(talkers[1].heard('across')).toEqual([])
    expect(await arrivals(talkers[1], talkers[0], () => lab.heal())).toEqual([`${round} kept`])
  })

  test('counters tell what each node sent and received, mDNS apart', async () => {
    const before = await lab.counters()
    await nodes[0].exec(process.execPath, ['-e', sendMdns('224.0.0.251', 5353, 10)])
    await nodes[0].exec(process.execPath, ['-e', sendMdns('239.255.42.9', 4243, 5)])
    const after = await lab.counters()
    const grown = (index: number, read: (counters: NonNullable<ReturnType<typeof after.get>>) => number): number => {
      const [start, end] = [before.get(index), after.get(index)]
      if (start === undefined || end === undefined) throw new Error(`no counters of node ${index}`)
      return read(end) - read(start)
    }
    // 100 bytes in UDP (8), IPv4 (20) and Ethernet (14) headers.
    expect(grown(1, (c) => c.mdns.sent.packets)).toBe(10)
    expect(grown(1, (c) => c.mdns.sent.bytes)).toBe(1420)
    expect(grown(3, (c) => c.mdns.received.bytes)).toBe(1420)
    expect(grown(3, (c) => c.mdns.sent.packets)).toBe(0)
    expect(grown(1, (c) => c.sent.packets)).toBeGreaterThanOrEqual(15)
    expect(grown(2, (c) => c.received.bytes)).toBeGreaterThanOrEqual(15 * 142)
    expect(await nodes[2].counters()).toEqual((await lab.counters()).get(3))
  })

  test('a power cut ends all on a node, and the node can be used again', async () => {
    const [node] = await lab.addNodes(1)
    if (node === undefined) throw new Error('no node was added')
    expect(lab.node(4)).toBe(node)
    const { server, port } = await startServer(node)
    expect((await node.http(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await node.powerCut()
    expect(await server.exit).toEqual({ code: null, signal: 'SIGKILL' })
    const again = await startServer(node)
    expect((await node.http(`http://127.0.0.1:${again.port}/`)).status).toBe(200)
  })

  test('labs stand side by side without hearing each other', async () => {
    await using other = await Lab.create({ nodes: 1 })
    const stranger = await Talker.start(other.node(1))
    await talkers[0].say('private')
    await talkers[1].hears('private')
    expect(stranger.heard('private')).toEqual([])
    await other.close()
    await talkers[0].say('still-here')
    await talkers[1].hears('still-here')
  })
})

describe.skipIf(capability.kind !== 'netns')(`a large network${skipped}`, () => {
  const limit = (): number => Number(readFileSync('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 'utf8'))

  test('raises the limits of the ARP table that all nodes share, and puts them back with the last such lab', async () => {
    const before = limit()
    const first = await Lab.create({ nodes: 32 })
    expect(limit()).toBeGreaterThanOrEqual(32 * 32)
    const second = await Lab.create({ nodes: 30 })
    await first.close()
    expect(limit()).toBeGreaterThan(before)
    await second.close()
    expect(limit()).toBe(before)
  })
})

function sendMdns(group: string, port: number, count: number): string {
  return `const s = require('dgram').createSocket('udp4'); let left = ${count};
    for (let n = 0; n < ${count}; n++) s.send(Buffer.alloc(100), ${port}, '${group}', () => { if (--left === 0) s.close() })`
}
