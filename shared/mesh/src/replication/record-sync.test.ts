import { type FleetError, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { encodeCbor, type PeerIdText } from '@wrale/protocol'
import { maxSyncFrameBytes, syncProtocol } from '@wrale/protocol/wire'
import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { fakeAgeMs, ReplicaFake } from '../testing/replica-fake.ts'
import { MemoryNetwork } from '../transport/memory/network.ts'
import { seededRandom } from '../transport/memory/seeded-random.ts'
import type { MemoryTransport } from '../transport/memory/transport.ts'
import { virtualCertificate } from '../transport/memory/virtual-certificate.ts'
import { settled } from '../transport/testing/harnesses.ts'
import type { Link, ProtocolHandler } from '../transport/transport.ts'
import { defaultTuning } from '../tuning.ts'
import { RecordSync, type RecordSyncTuning } from './record-sync.ts'

interface Member {
  readonly transport: MemoryTransport
  readonly replica: ReplicaFake
  readonly sync: RecordSync
  readonly offences: string[]
}

const never = new AbortController().signal
const quiet = { ...defaultTuning, syncIntervalMs: 3_600_000, settleMs: 3_600_000 }
let clock: VirtualClock
let network: MemoryNetwork
let random: () => number
let count: number

beforeEach(() => {
  clock = new VirtualClock()
  random = seededRandom(3)
  network = new MemoryNetwork(clock, { random, latencyMs: [1, 5] })
  count = 0
})

async function member(tuning: RecordSyncTuning = quiet): Promise<Member> {
  const transport = network.join(virtualCertificate(count++))
  const replica = new ReplicaFake()
  const offences: string[] = []
  const conduct = {
    offence: (_peer: PeerIdText, kind: string, { code }: FleetError) => offences.push(`${kind} ${code}`),
  }
  const deps = { transport, replica, conduct, passOn: () => false, clock, logger: silentLogger, random }
  const sync = new RecordSync(deps, tuning)
  await sync.start()
  await transport.start()
  return { transport, replica, sync, offences }
}

/** A member that serves pulls in its own way. */
async function impostor(serve: ProtocolHandler['serve']): Promise<MemoryTransport> {
  const transport = network.join(virtualCertificate(count++))
  transport.handle(syncProtocol, { maxBytes: 2 * maxSyncFrameBytes, maxStreams: 8, serve })
  await transport.start()
  return transport
}

function link(from: MemoryTransport, to: MemoryTransport): Promise<Link> {
  return settled(clock, from.dial({ peer: to.self, addresses: to.addresses() }, never))
}

test('both sides of a new link get what the other has', async () => {
  const [a, b] = [await member(), await member()]
  for (let n = 0; n < 300; n++) a.replica.write(`a/${n}/1`)
  b.replica.write('b/status/1')
  await link(a.transport, b.transport)
  await clock.advance(500)
  expect([Object.keys(a.replica.digest()).length, Object.keys(b.replica.digest()).length]).toEqual([301, 301])
  expect(b.replica.received[0]?.ageMs).toBe(fakeAgeMs)
  expect([a.offences, b.offences]).toEqual([[], []])
})

test('what is written while the first pull is under way comes with the second', async () => {
  const [a, b] = [await member({ ...quiet, settleMs: 1000 }), await member({ ...quiet, settleMs: 1000 })]
  await link(a.transport, b.transport)
  await clock.advance(100)
  a.replica.write('a/late/1')
  await clock.advance(1000)
  expect(b.replica.has('a/late/1')).toBe(true)
})

test('now and then a peer is asked for what was missed', async () => {
  const [a, b] = [await member({ ...quiet, syncIntervalMs: 60_000 }), await member()]
  await link(a.transport, b.transport)
  await clock.advance(10_000)
  b.replica.write('b/missed/1')
  await clock.advance(90_000)
  expect(a.replica.has('b/missed/1')).toBe(true)
})

test('who knows that something is missing does not wait, nor asks without end for what nobody has', async () => {
  const [a, b] = [await member({ ...quiet, syncIntervalMs: 60_000 }), await member()]
  await link(a.transport, b.transport)
  await clock.advance(1000)
  b.replica.write('b/missed/1')
  a.replica.gap = true
  await clock.advance(4000)
  expect(a.replica.has('b/missed/1')).toBe(true)
  const framesSoFar = a.transport.traffic.read().framesSent
  await clock.advance(600_000)
  const perMinute = (a.transport.traffic.read().framesSent - framesSoFar) / 10
  expect(perMinute).toBeLessThan(8)
})

test('old news gets round a fleet of 64 with a few pulls for each member', async () => {
  const members: Member[] = []
  for (let n = 0; n < 64; n++) members.push(await member())
  for (const [n, { transport }] of members.entries()) {
    for (let k = 1; k <= 4; k++) {
      const other = members[(n + k * k * 7) % members.length]
      if (other !== undefined && transport.link(other.transport.self) === undefined)
        await link(transport, other.transport)
    }
  }
  await clock.advance(10_000)
  let pulls = 0
  for (const { transport } of members) {
    const { framesSent } = transport.traffic.read()
    pulls -= framesSent
  }
  // Somebody comes with what it wrote long ago.
  const late = await member()
  late.replica.write('late/old/1')
  const [first] = members
  if (first === undefined) throw new Error('there is nobody')
  await link(late.transport, first.transport)
  await clock.advance(20_000)
  const informed = members.filter(({ replica }) => replica.has('late/old/1')).length
  expect(informed).toBeGreaterThanOrEqual(62)
  for (const { transport } of members) pulls += transport.traffic.read().framesSent
  // A pull is a frame each way; each who is told of something new pulls back.
  expect(pulls / 64).toBeLessThan(15)
})

test('no more than two pulls are under way at once', async () => {
  let most = 0
  let underWay = 0
  const asker = await member()
  for (let n = 0; n < 10; n++) {
    const other = await impostor(async () => {
      underWay++
      most = Math.max(most, underWay)
      await new Promise<void>((resolve) => void clock.schedule(100, resolve))
      underWay--
    })
    await link(asker.transport, other)
  }
  await clock.advance(5000)
  expect(most).toBe(2)
})

test('who does not answer in time is left alone, and nobody is blamed', async () => {
  const asker = await member({ ...quiet, syncDeadlineMs: 1000 })
  const ended = Promise.withResolvers<void>()
  const silent = await impostor(async (stream) => {
    await stream.read(z.unknown())
    await stream.read(z.unknown()).catch(() => ended.resolve())
    await new Promise(() => undefined)
  })
  await link(asker.transport, silent)
  await settled(clock, ended.promise)
  const good = await member()
  good.replica.write('good/x/1')
  await link(asker.transport, good.transport)
  await clock.advance(2000)
  expect([asker.replica.has('good/x/1'), asker.offences]).toEqual([true, []])
})

test.each<[string, unknown]>([
  ['what is no answer', { nonsense: true }],
  ['bad records', { records: [[0, new TextEncoder().encode('bad/x/1')]], marks: {} }],
  ['a frame longer than its limit', new Uint8Array(maxSyncFrameBytes + 1)],
])('who answers with %s is reported', async (_case, answer) => {
  const asker = await member()
  const bad = await impostor(async (stream) => {
    await stream.read(z.unknown())
    await stream.write(answer)
  })
  await link(asker.transport, bad)
  await clock.advance(1000)
  expect(asker.offences).toHaveLength(1)
  expect(asker.offences[0]).toMatch(/^sync-rejected FRAME_/)
})

test('who answers without end is cut off and reported', async () => {
  const asker = await member()
  const endless = { records: [[0, new TextEncoder().encode('a/b/1')]] }
  const over = Promise.withResolvers<FleetError>()
  const bad = await impostor(async (stream) => {
    try {
      for (;;) await stream.write(endless)
    } catch (error) {
      over.resolve(error as FleetError)
    }
  })
  await link(asker.transport, bad)
  expect(await settled(clock, over.promise)).toMatchObject({ code: 'UNAVAILABLE' })
  expect(asker.offences).toEqual(['sync-rejected FRAME_TOO_LARGE'])
  expect(encodeCbor(endless).byteLength * asker.replica.received.length).toBeLessThan(100_000)
})

test('who asks with nonsense is reported', async () => {
  const served = await member()
  const bad = network.join(virtualCertificate(count++))
  await bad.start()
  const made = await link(bad, served.transport)
  const stream = await settled(clock, made.open(syncProtocol, { maxBytes: 1000, signal: never }))
  await stream.write({ hash: 7 })
  await expect(settled(clock, stream.read(z.unknown()))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(served.offences).toEqual(['sync-rejected FRAME_INVALID'])
})

test('nothing is left when it stops', async () => {
  const [a, b] = [await member(), await member()]
  await link(a.transport, b.transport)
  a.sync.pull(b.transport.self)
  const stopping = Promise.all(
    [a, b].map(async ({ sync, transport }) => {
      await sync.stop()
      await transport.stop()
    }),
  )
  await settled(clock, stopping)
  await clock.advance(10_000)
  expect(clock.pending).toBe(0)
})
