import type { Connection } from '@libp2p/interface'
import { encodeCbor } from '@wrale/protocol'
import { linkProtocol, maxLinkFrameBytes, maxSyncFrameBytes, syncProtocol } from '@wrale/protocol/wire'
import { encode } from 'uint8-varint'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestMember, testMember, until } from './testing/fleet.ts'
import { closed, type RawNode, rawNode } from './testing/raw-node.ts'
import { testFleet, type TestFleet } from './testing/test-fleet.ts'

let fleet: TestFleet
let victim: TestMember
const members: TestMember[] = []
const raws: RawNode[] = []

async function member(name: string, options: Parameters<typeof testMember>[2] = {}): Promise<TestMember> {
  const made = await testMember(fleet, name, options)
  members.push(made)
  await made.mesh.start()
  return made
}

async function raw(...args: Parameters<typeof rawNode>): Promise<RawNode> {
  const made = await rawNode(...args)
  raws.push(made)
  return made
}

function frame(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...encode(bytes.byteLength), ...bytes])
}

beforeEach(async () => {
  fleet = await testFleet()
  victim = await member('victim', { tuning: { helloDeadlineMs: 600, syncDeadlineMs: 600 } })
  victim.replica.write('victim/secret/1')
})

afterEach(async () => {
  // Whatever was done to it, the victim still admits a member and replicates.
  const witness = await member('witness', { peers: victim.mesh.addresses() })
  await until(witness.replica.changed, () => witness.replica.has('victim/secret/1'))
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.stop()))
  await Promise.all(raws.splice(0).map(async ({ node }) => node.stop()))
})

describe('a member gone bad', () => {
  async function traitor(): Promise<{ bad: RawNode; connection: Connection }> {
    const bad = await raw()
    const connection = await bad.connect(victim.mesh)
    await bad.hello(connection, await fleet.admit(bad.identity.id, 'node', 'bad'))
    return { bad, connection }
  }

  async function incident(kind: string): Promise<unknown> {
    await until(victim.mesh.incidents, () => victim.incidents.some((one) => one.kind === kind))
    return victim.incidents.find((one) => one.kind === kind)
  }

  const saying = (value: unknown): Uint8Array => frame(encodeCbor(value))

  test.each([
    ['garbage', [frame(new Uint8Array(50).fill(0xff))], 'FRAME_INVALID'],
    ['CBOR that is no frame', [saying({ r: 'records' })], 'FRAME_INVALID'],
    ['too large a record', [saying({ r: [new Uint8Array(20_000)] })], 'FRAME_INVALID'],
    ['ids of the wrong size', [saying({ h: [new Uint8Array(9)] })], 'FRAME_INVALID'],
    ['a frame longer than its limit', [new Uint8Array(encode(maxLinkFrameBytes + 1))], 'FRAME_TOO_LARGE'],
  ])('that says %s on its link is reported and disconnected', async (_case, chunks, code) => {
    const { bad, connection } = await traitor()
    await bad.send(connection, linkProtocol, ...chunks)
    expect(await incident('link-rejected')).toMatchObject({ peer: bad.identity.id, code })
    await closed(connection)
    expect(victim.mesh.peers()).toEqual([])
  })

  test('that pushes a record which is none is reported, and keeps its link the first time', async () => {
    const { bad, connection } = await traitor()
    await bad.send(connection, linkProtocol, saying({ r: [new TextEncoder().encode('bad')] }))
    expect(await incident('push-rejected')).toMatchObject({ peer: bad.identity.id, code: 'FRAME_INVALID' })
    expect(victim.mesh.peers()).toHaveLength(1)
  })

  test('that goes on is disconnected and kept out', async () => {
    const { bad, connection } = await traitor()
    const records = Array.from({ length: 6 }, (_, n) => saying({ r: [new TextEncoder().encode(`bad ${n}`)] }))
    await bad.send(connection, linkProtocol, ...records)
    await closed(connection)
    expect(victim.mesh.peers()).toEqual([])
    const again = await bad.connect(victim.mesh).catch(() => undefined)
    if (again !== undefined) await closed(again)
    expect(victim.mesh.peers()).toEqual([])
  })

  test('that floods is disconnected and kept out', async () => {
    const { bad, connection } = await traitor()
    const beats = new Uint8Array(Array.from({ length: 200 }, () => [...saying({ b: 1000 })]).flat())
    await bad.send(connection, linkProtocol, ...Array.from({ length: 10 }, () => beats))
    await closed(connection)
    expect(victim.incidents.map(({ kind }) => kind)).toContain('link-flood')
    const again = await bad.connect(victim.mesh).catch(() => undefined)
    if (again !== undefined) await closed(again)
    expect(victim.mesh.peers()).toEqual([])
  })

  test('that opens a second link stream, or one of a link that it did not dial, gets nowhere with it', async () => {
    const { bad, connection } = await traitor()
    await bad.send(connection, linkProtocol, saying({ b: 1000 }))
    const second = await bad.send(connection, linkProtocol, saying({ r: [new TextEncoder().encode('second/x/1')] }))
    await closed(second)
    expect(victim.replica.has('second/x/1')).toBe(false)
    expect(victim.mesh.peers()).toHaveLength(1)
  })

  test.each([
    ['garbage', [frame(new Uint8Array(50).fill(0xff))], 'FRAME_INVALID'],
    ['a frame longer than its limit', [new Uint8Array(encode(maxSyncFrameBytes + 1))], 'FRAME_TOO_LARGE'],
  ])('that asks for records with %s is reported', async (_case, chunks, code) => {
    const { bad, connection } = await traitor()
    await bad.send(connection, syncProtocol, ...chunks)
    expect(await incident('sync-rejected')).toMatchObject({ peer: bad.identity.id, code })
    expect(victim.mesh.peers()).toHaveLength(1)
  })

  test.each([
    ['garbage', () => frame(new Uint8Array(50).fill(0xff)), 'FRAME_INVALID'],
    [
      'bad records',
      () => frame(encodeCbor({ records: [[0, new TextEncoder().encode('bad/x/1')]], done: true })),
      'FRAME_INVALID',
    ],
    ['a frame longer than its limit', () => new Uint8Array(encode(maxSyncFrameBytes + 1)), 'FRAME_TOO_LARGE'],
  ])('that answers a pull with %s is reported', async (_case, answer, code) => {
    const bad = await raw()
    await bad.node.handle(syncProtocol, (stream) => void stream.send(answer()))
    const connection = await bad.connect(victim.mesh)
    await bad.hello(connection, await fleet.admit(bad.identity.id, 'node', 'bad'))
    expect(await incident('sync-rejected')).toMatchObject({ peer: bad.identity.id, code })
  })

  test('that answers a pull without end is cut off', async () => {
    const bad = await raw()
    const endless = frame(encodeCbor({ records: [[0, new TextEncoder().encode('a/b/1')]], done: false }))
    const over = Promise.withResolvers<void>()
    await bad.node.handle(syncProtocol, async (stream) => {
      try {
        for (;;) if (!stream.send(endless)) await stream.onDrain()
      } catch {
        over.resolve()
      }
    })
    const connection = await bad.connect(victim.mesh)
    await bad.hello(connection, await fleet.admit(bad.identity.id, 'node', 'bad'))
    await over.promise
    expect(victim.replica.received.length).toBeLessThan(10_000)
  })
})
