import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { settled } from '../testing/harnesses.ts'
import type { FrameStream, Link } from '../transport.ts'
import { MemoryNetwork, type NetworkOptions } from './network.ts'
import { seededRandom } from './seeded-random.ts'
import type { MemoryTransport } from './transport.ts'
import { virtualCertificate } from './virtual-certificate.ts'

const never = new AbortController().signal
let clock: VirtualClock
let network: MemoryNetwork
let a: MemoryTransport
let b: MemoryTransport
/** What b read, and when. */
let heard: Array<[atMs: number, value: unknown]>

async function setUp(options: Partial<NetworkOptions> = {}): Promise<void> {
  clock = new VirtualClock()
  network = new MemoryNetwork(clock, { random: seededRandom(7), latencyMs: [5, 5], ...options })
  heard = []
  a = network.join(virtualCertificate(1))
  b = network.join(virtualCertificate(2))
  b.handle('/test/1', {
    maxBytes: 64 * 1024,
    maxStreams: 1,
    async serve(stream) {
      for (;;) {
        const value = await stream.read(z.unknown())
        heard.push([clock.monotonicMs(), value])
      }
    },
  })
  await Promise.all([a.start(), b.start()])
}

async function connect(): Promise<[link: Link, stream: FrameStream]> {
  const link = await settled(clock, a.dial({ peer: b.self, addresses: b.addresses() }, never))
  return [link, await settled(clock, link.open('/test/1', { maxBytes: 64 * 1024, signal: never }))]
}

beforeEach(() => setUp())

test('a frame takes the latency of its link', async () => {
  const [, stream] = await connect()
  const sentMs = clock.monotonicMs()
  await stream.write(1)
  await clock.advance(20)
  expect(heard).toEqual([[sentMs + 5, 1]])
})

test('a lost packet comes later and holds up what follows, but nothing is lost or out of order', async () => {
  await setUp({ lossRatio: 0.1 })
  const [, stream] = await connect()
  const sentMs = clock.monotonicMs()
  for (let n = 0; n < 1000; n++) {
    await stream.write(n)
    await clock.advance(10)
  }
  await clock.advance(10_000)
  expect(heard.map(([, value]) => value)).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  const late = heard.filter(([atMs], n) => atMs - (sentMs + 10 * n) > 150).length
  // A tenth is lost; each loss holds up those of the next 200 ms.
  expect(late).toBeGreaterThan(100)
  expect(a.traffic.read().packetsSent).toBeGreaterThan(1080)
})

describe('while the network is parted', () => {
  test('nothing arrives and nothing closes; afterwards everything arrives, at the next retransmission', async () => {
    const [, stream] = await connect()
    await stream.write('before')
    network.partition([a.self], [b.self])
    const partedMs = clock.monotonicMs()
    await stream.write('during')
    await clock.advance(60_000)
    expect(heard).toEqual([])
    expect([a.links().length, b.links().length]).toEqual([1, 1])
    network.heal()
    await stream.write('after')
    await clock.advance(60_000)
    expect(heard.map(([, value]) => value)).toEqual(['before', 'during', 'after'])
    // 0.2 s, doubling: 51 s after the first is too early, 102.2 s is the next.
    expect((heard[0]?.[0] ?? 0) - partedMs).toBeCloseTo(102_205, -2)
  })

  test('a dial comes to nothing after its time, and one between members on one side does not care', async () => {
    const c = network.join(virtualCertificate(3))
    await c.start()
    network.partition([a.self, c.self], [b.self])
    const beganMs = clock.monotonicMs()
    const lost = settled(clock, a.dial({ peer: b.self, addresses: b.addresses() }, never))
    await expect(lost).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(clock.monotonicMs() - beganMs).toBeCloseTo(2000, -1)
    expect(await settled(clock, a.dial({ peer: c.self, addresses: c.addresses() }, never))).toMatchObject({
      id: c.self,
    })
  })
})

test('the links of a process that is killed close at once at the other side, and dialling it fails at once', async () => {
  await connect()
  let ran = false
  b.clock.schedule(100, () => {
    ran = true
  })
  b.kill()
  await clock.advance(6)
  expect(a.links()).toEqual([])
  const beganMs = clock.monotonicMs()
  const dialling = settled(clock, a.dial({ peer: b.self, addresses: ['/memory/2'] }, never))
  await expect(dialling).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(clock.monotonicMs() - beganMs).toBeLessThan(20)
  await clock.advance(1000)
  expect(ran).toBe(false)
  const again = network.join(virtualCertificate(2))
  await again.start()
  expect(again.addresses()).toEqual(['/memory/2'])
  expect(await settled(clock, a.dial({ peer: b.self, addresses: ['/memory/2'] }, never))).toMatchObject({ id: b.self })
})

test('a member whose plug was pulled is silent until it is back', async () => {
  const [, stream] = await connect()
  network.unplug(b.self)
  await stream.write('hello')
  await clock.advance(10_000)
  expect([heard, a.links().length, b.links().length]).toEqual([[], 1, 1])
  network.plug(b.self)
  await clock.advance(20_000)
  expect(heard.map(([, value]) => value)).toEqual(['hello'])
})

test('both sides may give up a link while nothing passes, and nothing is left of it', async () => {
  await connect()
  network.unplug(b.self)
  const why = new FleetError('TIMEOUT', 'silent')
  for (const link of [...a.links(), ...b.links()]) link.close(why)
  await clock.advance(10_000)
  expect(clock.pending).toBe(0)
  network.plug(b.self)
  await clock.advance(10_000)
  expect([a.links(), b.links(), clock.pending]).toEqual([[], [], 0])
})

test('a process that stalls reads late, and its timers are late', async () => {
  const [, stream] = await connect()
  const log: number[] = []
  const stalledMs = clock.monotonicMs()
  b.clock.schedule(10, () => log.push(clock.monotonicMs() - stalledMs))
  b.clock.stall(3000)
  await stream.write(1)
  await stream.write(2)
  await clock.advance(2999)
  expect([heard, log]).toEqual([[], []])
  await clock.advance(1)
  expect(heard.map(([atMs, value]) => [atMs - stalledMs, value])).toEqual([
    [3000, 1],
    [3000, 2],
  ])
  expect(log).toEqual([3000])
})

test('clocks of members may be wrong, and that shows', async () => {
  const c = network.join(virtualCertificate(3), { wallErrorMs: -3_600_000, originMs: 5 })
  await c.start()
  const link = await settled(clock, a.dial({ peer: c.self, addresses: c.addresses() }, never))
  expect(Math.abs(link.clockErrorMs + 3_600_000)).toBeLessThan(10)
  expect(Math.abs((c.links()[0]?.clockErrorMs ?? 0) - 3_600_000)).toBeLessThan(10)
  expect(c.clock.monotonicMs() - a.clock.monotonicMs()).toBe(5)
})

test('counts what is on the wire', async () => {
  const [, stream] = await connect()
  await stream.write('first')
  await clock.advance(1000)
  const before = [a.traffic.read(), b.traffic.read()] as const
  await stream.write(new Uint8Array(400))
  await clock.advance(1000)
  await stream.write(0)
  await clock.advance(1000)
  const after = [a.traffic.read(), b.traffic.read()] as const
  expect(after[0].framesSent - before[0].framesSent).toBe(2)
  expect(after[1].framesReceived - before[1].framesReceived).toBe(2)
  // 66 of headers, 30 of Noise and yamux, the length and the frame.
  expect(after[0].bytesSent - before[0].bytesSent).toBe(66 + 30 + 2 + 403 + 66 + 30 + 1 + 1)
  // An acknowledgement is counted when the next packet comes or goes: that of the frame before, and that of the long one.
  expect(after[1].packetsSent - before[1].packetsSent).toBe(2)
})

test('with the same seed the same happens, and with another something else', async () => {
  const run = async (seed: number): Promise<string> => {
    await setUp({ random: seededRandom(seed), latencyMs: [1, 10], jitterMs: 1, lossRatio: 0.2 })
    const [, stream] = await connect()
    for (let n = 0; n < 50; n++) await stream.write(n)
    await clock.advance(5000)
    return network.trace
  }
  const first = await run(1)
  expect(await run(1)).toBe(first)
  expect(await run(2)).not.toBe(first)
})
