import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import { encodeCbor } from '@wrale/protocol'
import { generateIdentity } from '@wrale/protocol/signing'
import { enrolProtocol, helloProtocol, maxHelloBytes } from '@wrale/protocol/wire'
import { encode } from 'uint8-varint'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Incidents } from '../../incidents.ts'
import { closed, type RawNode, rawNode } from '../../testing/raw-node.ts'
import { testFleet, type TestFleet } from '../../testing/test-fleet.ts'
import type { SecurityIncident } from '../../types.ts'
import { libp2pTransport } from '../testing/libp2p-transport.ts'
import type { LibP2PTransport } from './transport.ts'

const memberProtocol = '/test/1'
let fleet: TestFleet
let victim: LibP2PTransport
let incidents: SecurityIncident[]
let penalised: string[]
let served: number
const raws: RawNode[] = []

async function raw(): Promise<RawNode> {
  const made = await rawNode()
  raws.push(made)
  return made
}

function frame(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...encode(bytes.byteLength), ...bytes])
}

function damaged(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte))
}

beforeEach(async () => {
  fleet = await testFleet()
  incidents = []
  penalised = []
  served = 0
  const reported = new Incidents(silentLogger, systemClock)
  reported.reported.subscribe((incident) => incidents.push(incident))
  victim = await libp2pTransport(
    fleet,
    { helloDeadlineMs: 600 },
    { incidents: reported, penalise: (peer) => penalised.push(peer) },
  )
  victim.handle(memberProtocol, {
    maxBytes: 1000,
    maxStreams: 4,
    async serve() {
      served++
    },
  })
  victim.guard((peer) => (penalised.includes(peer) ? new FleetError('FORBIDDEN', 'kept out') : undefined))
  await victim.start()
})

afterEach(async () => {
  // Whatever was done to it, the victim still admits a member.
  const witness = await libp2pTransport(fleet)
  await witness.start()
  await witness.dial({ peer: victim.self, addresses: victim.addresses() }, AbortSignal.timeout(5000))
  await Promise.all([witness.stop(), victim.stop(), ...raws.splice(0).map(async ({ node }) => node.stop())])
})

describe('a stranger', () => {
  test('that says nothing is disconnected', async () => {
    const stranger = await raw()
    const connection = await stranger.connect(victim)
    await closed(connection)
    expect(incidents).toMatchObject([{ kind: 'hello-overdue', code: 'TIMEOUT' }])
    expect(victim.links()).toEqual([])
  })

  test('gets no answer to anything else', async () => {
    const stranger = await raw()
    const connection = await stranger.connect(victim)
    const stream = await stranger.send(connection, memberProtocol, frame(encodeCbor({ have: {} })))
    let heard = 0
    stream.addEventListener('message', ({ data }) => (heard += data.byteLength))
    await closed(stream)
    expect([heard, served]).toEqual([0, 0])
    await closed(connection)
  })

  test('finds no enrolment on a node', async () => {
    const stranger = await raw()
    const connection = await stranger.connect(victim)
    await expect(stranger.send(connection, enrolProtocol)).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
  })

  test.each([
    [
      'of another fleet',
      async (stranger: RawNode) => (await testFleet()).admit(stranger.identity.id, 'node', 'x'),
      'NOT_MEMBER',
    ],
    [
      'with a certificate that it made itself',
      async (stranger: RawNode) => ({
        ...(await (await testFleet()).admit(stranger.identity.id, 'node', 'x')),
        fleet: fleet.id,
      }),
      'NOT_MEMBER',
    ],
    [
      'with the certificate of another',
      async () => fleet.admit((await generateIdentity()).id, 'node', 'x'),
      'NOT_MEMBER',
    ],
    [
      'with a damaged certificate',
      async (stranger: RawNode) => {
        const membership = await fleet.admit(stranger.identity.id, 'node', 'x')
        const sealed = damaged(membership.certificate.sealed)
        return { ...membership, certificate: { ...membership.certificate, sealed } }
      },
      'SIGNATURE_INVALID',
    ],
  ] as const)('%s is told so and disconnected', async (_case, membershipOf, code) => {
    const stranger = await raw()
    const connection = await stranger.connect(victim)
    await expect(stranger.hello(connection, await membershipOf(stranger))).rejects.toMatchObject({ code })
    await closed(connection)
    expect(incidents).toMatchObject([{ peer: stranger.identity.id, kind: 'hello-refused', code }])
    expect(victim.links()).toEqual([])
  })

  test.each([
    ['bytes that are no CBOR', [frame(new Uint8Array(50).fill(0xff))], 'FRAME_INVALID'],
    ['CBOR that is no hello', [frame(encodeCbor({ a: 1 }))], 'FRAME_INVALID'],
    ['a frame longer than its limit', [new Uint8Array(encode(maxHelloBytes + 1))], 'FRAME_TOO_LARGE'],
    ['a length that never ends', Array.from({ length: 100 }, () => new Uint8Array(100).fill(0x80)), 'FRAME_TOO_LARGE'],
    ['a frame that never ends', [new Uint8Array([...encode(100), 1, 2, 3])], 'TIMEOUT'],
    ['nothing', [], 'TIMEOUT'],
  ])('that sends %s instead of a hello is disconnected', async (_case, chunks, code) => {
    const stranger = await raw()
    const connection = await stranger.connect(victim)
    await stranger.send(connection, helloProtocol, ...chunks)
    await closed(connection)
    expect(incidents.map((incident) => incident.code)).toContain(code)
  })

  test('that keeps coming back is not let in for a while', async () => {
    const stranger = await raw()
    const other = await (await testFleet()).admit(stranger.identity.id, 'node', 'x')
    for (let attempt = 0; attempt < 7; attempt++) {
      const connection = await stranger.connect(victim)
      await stranger.hello(connection, other).catch(() => undefined)
      await closed(connection)
    }
    expect(incidents.at(-1)).toMatchObject({ code: 'RATE_LIMITED' })
    const last = await stranger.connect(victim).catch(() => undefined)
    if (last !== undefined) await closed(last)
    expect(incidents).toHaveLength(7)
  })
})
