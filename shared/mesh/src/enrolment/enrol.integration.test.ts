import { FleetError, type FleetErrorCode, silentLogger, systemClock } from '@wrale/kernel'
import { encodeCbor, type PeerIdText } from '@wrale/protocol'
import { enrolProof, type JoinToken } from '@wrale/protocol/membership'
import { generateIdentity, type Identity } from '@wrale/protocol/signing'
import {
  type EnrolChallenge,
  enrolChallengeReplySchema,
  enrolGrantReplySchema,
  enrolProtocol,
  maxEnrolBytes,
} from '@wrale/protocol/wire'
import { encode } from 'uint8-varint'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unlessRefused } from '../refusals.ts'
import { type TestMember, testMember, until } from '../testing/fleet.ts'
import { closed, type RawNode, rawNode } from '../testing/raw-node.ts'
import { testFleet, type TestFleet } from '../testing/test-fleet.ts'
import { LibP2PFrames } from '../transport/libp2p/frames.ts'
import type { EnrolmentDesk, Membership } from '../types.ts'
import { enrol } from './enrol.ts'

let fleet: TestFleet
let token: JoinToken
let granted: PeerIdText[]
const members: TestMember[] = []
const raws: RawNode[] = []

beforeEach(async () => {
  fleet = await testFleet()
  token = { fleet: fleet.id, id: new Uint8Array(8).fill(1), secret: new Uint8Array(16).fill(2), expiresAtSeconds: 0 }
  granted = []
})

afterEach(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.stop()))
  await Promise.all(raws.splice(0).map(async ({ node }) => node.stop()))
})

async function station(desk: Partial<EnrolmentDesk> = {}, mdns = false): Promise<TestMember> {
  const enrolment: EnrolmentDesk = {
    secretOf: async () => token.secret,
    async grant(_token, { id, name }) {
      granted.push(id)
      return (await fleet.admit(id, 'node', name)).certificate
    },
    ...desk,
  }
  const made = await testMember(fleet, 'station', {
    role: 'station',
    enrolment,
    mdns,
    tuning: { enrolDeadlineMs: 600, helloDeadlineMs: 600 },
  })
  members.push(made)
  await made.mesh.start()
  return made
}

interface JoinOptions {
  readonly identity?: Identity
  readonly token?: JoinToken
  readonly peers?: readonly string[]
  readonly mdns?: boolean
  readonly signal?: AbortSignal
}

async function join(options: JoinOptions): Promise<Membership> {
  return enrol(
    { identity: options.identity ?? (await generateIdentity()), logger: silentLogger, clock: systemClock },
    {
      token: options.token ?? token,
      name: 'pi-1',
      software: '0',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      peers: options.peers ?? [],
      mdns: options.mdns ?? false,
      signal: options.signal ?? AbortSignal.timeout(20_000),
    },
  )
}

describe('a machine with the token', () => {
  test('becomes a member and is admitted', async () => {
    const { mesh } = await station()
    const identity = await generateIdentity()
    const membership = await join({ identity, peers: mesh.addresses() })
    expect(membership).toMatchObject({
      fleet: fleet.id,
      certificate: { subject: identity.id, name: 'pi-1', role: 'node' },
    })
    expect(granted).toEqual([identity.id])
    const member = await testMember(fleet, 'pi-1', { identity, membership, peers: mesh.addresses() })
    members.push(member)
    await member.mesh.start()
    await until(mesh.peerAdmitted, () => mesh.peers().some(({ id, name }) => id === identity.id && name === 'pi-1'))
  })

  test('finds a station by multicast, and asks no node', async () => {
    const node = await testMember(fleet, 'node', { mdns: true })
    members.push(node)
    await node.mesh.start()
    await station({}, true)
    expect(await join({ mdns: true })).toMatchObject({ fleet: fleet.id })
    expect(node.incidents).toEqual([])
  })

  test('waits for a station that is not up yet', async () => {
    const joined = join({ mdns: true })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await station({}, true)
    expect(await joined).toMatchObject({ fleet: fleet.id })
  })

  test('is taken in by the station that knows the token, when another does not', async () => {
    const ignorant = await station({ secretOf: () => Promise.reject(new FleetError('TOKEN_INVALID', 'no such token')) })
    const knowing = await station()
    expect(await join({ peers: [...ignorant.mesh.addresses(), ...knowing.mesh.addresses()] })).toMatchObject({
      fleet: fleet.id,
    })
  })

  test('gives up when it is told to', async () => {
    const controller = new AbortController()
    const joined = join({ signal: controller.signal })
    controller.abort()
    await expect(joined).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('is told of a port in use before it joins', async () => {
    const { mesh } = await station()
    const listen = mesh.addresses().map((address) => address.split('/p2p/')[0] ?? '')
    const identity = await generateIdentity()
    const joined = enrol(
      { identity, logger: silentLogger, clock: systemClock },
      {
        token,
        name: 'x',
        software: '0',
        listen,
        peers: mesh.addresses(),
        mdns: false,
        signal: AbortSignal.timeout(20_000),
      },
    )
    await expect(joined).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    expect(granted).toEqual([])
  })
})

describe('is refused', () => {
  test.each<FleetErrorCode>(['TOKEN_EXPIRED', 'TOKEN_USED_UP', 'TOKEN_INVALID'])('a token that is %s', async (code) => {
    const { mesh, incidents } = await station({ secretOf: () => Promise.reject(new FleetError(code, 'no')) })
    await expect(join({ peers: mesh.addresses() })).rejects.toMatchObject({ code, message: 'no' })
    expect(incidents).toContainEqual(expect.objectContaining({ kind: 'enrol-refused', code }))
    expect(granted).toEqual([])
  })

  test('a wrong secret, by the joiner already: the station cannot prove that it knows the token', async () => {
    const { mesh } = await station()
    const wrong = { ...token, secret: new Uint8Array(16).fill(9) }
    await expect(join({ token: wrong, peers: mesh.addresses() })).rejects.toMatchObject({ code: 'ENROL_REFUSED' })
    expect(granted).toEqual([])
  })

  test('a station of another fleet', async () => {
    const { mesh } = await station()
    const other = await testFleet()
    await expect(join({ token: { ...token, fleet: other.id }, peers: mesh.addresses() })).rejects.toMatchObject({
      code: 'ENROL_REFUSED',
    })
  })

  test('a node that plays station', async () => {
    const enrolment: EnrolmentDesk = {
      secretOf: async () => token.secret,
      grant: async (_token, { id, name }) => (await fleet.admit(id, 'node', name)).certificate,
    }
    const impostor = await testMember(fleet, 'impostor', { role: 'node', enrolment })
    members.push(impostor)
    await impostor.mesh.start()
    await expect(join({ peers: impostor.mesh.addresses() })).rejects.toMatchObject({
      code: 'ENROL_REFUSED',
      message: 'the other side is no station',
    })
  })
})

describe('an attacker without the secret', () => {
  async function attack(): Promise<{
    attacker: RawNode
    victim: TestMember
    frames: LibP2PFrames
    request: Record<string, unknown>
  }> {
    const victim = await station()
    const attacker = await rawNode()
    raws.push(attacker)
    const stream = await attacker.send(await attacker.connect(victim.mesh), enrolProtocol)
    const frames = new LibP2PFrames(stream, { maxBytes: maxEnrolBytes, signal: AbortSignal.timeout(5000) })
    const request = {
      fleet: fleet.id,
      tokenId: token.id,
      nonce: new Uint8Array(32).fill(7),
      name: 'evil',
      software: '0',
    }
    return { attacker, victim, frames, request }
  }

  async function challenged(it: Awaited<ReturnType<typeof attack>>): Promise<EnrolChallenge> {
    await it.frames.write(it.request)
    return unlessRefused(await it.frames.read(enrolChallengeReplySchema))
  }

  /** The code with which the proof was answered. */
  async function refusal({ frames }: Awaited<ReturnType<typeof attack>>): Promise<unknown> {
    const answered = await frames.read(enrolGrantReplySchema)
    return 'refused' in answered ? answered.refused : answered
  }

  test('cannot send the station’s own proof back', async () => {
    const it = await attack()
    const { proof } = await challenged(it)
    await it.frames.write({ proof })
    expect(await refusal(it)).toMatchObject({ code: 'ENROL_REFUSED' })
    expect(granted).toEqual([])
  })

  test('cannot use a proof that was made for another connection', async () => {
    const it = await attack()
    const { nonce } = await challenged(it)
    const honest = await generateIdentity()
    // What an honest joiner would have answered to the same challenge.
    const proof = enrolProof(token.secret, 'joiner', {
      tokenId: token.id,
      joiner: honest.id,
      station: it.victim.mesh.id,
      joinerNonce: new Uint8Array(32).fill(7),
      stationNonce: nonce,
    })
    await it.frames.write({ proof })
    expect(await refusal(it)).toMatchObject({ code: 'ENROL_REFUSED' })
    expect(granted).toEqual([])
  })

  test('cannot use the proof of an earlier challenge', async () => {
    const it = await attack()
    await challenged(it)
    const proof = enrolProof(token.secret, 'joiner', {
      tokenId: token.id,
      joiner: it.attacker.identity.id,
      station: it.victim.mesh.id,
      joinerNonce: new Uint8Array(32).fill(7),
      stationNonce: new Uint8Array(32).fill(1),
    })
    await it.frames.write({ proof })
    expect(await refusal(it)).toMatchObject({ code: 'ENROL_REFUSED' })
    expect(granted).toEqual([])
  })

  test.each([
    ['garbage', [new Uint8Array([3, 0xff, 0xff, 0xff])], 'FRAME_INVALID'],
    ['a frame longer than its limit', [new Uint8Array(encode(maxEnrolBytes + 1))], 'FRAME_TOO_LARGE'],
    ['nothing', [], 'TIMEOUT'],
  ])('that sends %s is disconnected', async (_case, chunks, code) => {
    const victim = await station()
    const attacker = await rawNode()
    raws.push(attacker)
    const connection = await attacker.connect(victim.mesh)
    await attacker.send(connection, enrolProtocol, ...chunks)
    await closed(connection)
    expect(victim.incidents.map((incident) => incident.code)).toContain(code)
  })

  test('may try a few times only', async () => {
    const victim = await station()
    const attacker = await rawNode()
    raws.push(attacker)
    for (let attempt = 0; attempt < 7; attempt++) {
      const connection = await attacker.connect(victim.mesh)
      await attacker.send(connection, enrolProtocol, new Uint8Array([1, ...encodeCbor(0)]))
      await closed(connection)
    }
    expect(victim.incidents.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 6 }, () => 'FRAME_INVALID'),
      'RATE_LIMITED',
    ])
  })
})
