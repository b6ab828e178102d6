import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import { claimCodeOf, parseClaimCode } from '@wrale/protocol/membership'
import { type Certificate, generateIdentity, type Identity } from '@wrale/protocol/signing'
import { claimProtocol } from '@wrale/protocol/wire'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Multicast, type PacketGroup, type PacketHandlers } from '../../discovery/multicast.ts'
import { LibP2PFrames } from '../../transport/libp2p/frames.ts'
import { baseOptions } from '../../transport/libp2p/node/base.ts'
import { testFleet, type TestFleet } from '../../testing/test-fleet.ts'
import type { Membership } from '../../types.ts'
import { awaitClaim, claimCodeFor } from './await-claim.ts'
import { ClaimSearch } from './claim-search.ts'
import type { ClaimedMachine } from './conversation.ts'

/** A multicast group of this test's own, so that other fleets on this machine do not matter. */
const group = (handlers: PacketHandlers): PacketGroup =>
  new Multicast(systemClock, silentLogger, { ...handlers, group: '239.255.77.78', port: 25_361 })

let fleet: TestFleet
const undo: Array<() => Promise<unknown>> = []

beforeEach(async () => {
  fleet = await testFleet()
})

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

interface Machine {
  readonly identity: Identity
  readonly code: string
  readonly address: string
  readonly kept: Membership[]
  readonly membership: Promise<Membership>
}

/** A machine that waits; its address is known once it listens. */
async function machine(name: string, options: { mdns?: boolean; role?: 'node' | 'station' } = {}): Promise<Machine> {
  const identity = await generateIdentity()
  const kept: Membership[] = []
  const listening = Promise.withResolvers<string>()
  const ended = new AbortController()
  const logger = {
    ...silentLogger,
    info: (message: string, fields?: object) => {
      if (message === 'waiting to be claimed' && fields !== undefined && 'addresses' in fields)
        listening.resolve((fields.addresses as string[])[0] ?? '')
    },
  }
  const membership = awaitClaim(
    { identity, clock: systemClock, logger, group },
    {
      description: { name, role: options.role ?? 'node', model: 'Test board', software: '0' },
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: options.mdns ?? false,
      keep: async (granted) => void kept.push(granted),
      signal: ended.signal,
    },
  )
  undo.push(async () => {
    ended.abort()
    await membership.catch(() => undefined)
  })
  return { identity, code: claimCodeFor(identity), address: await listening.promise, kept, membership }
}

interface Station {
  readonly search: Pick<ClaimSearch, 'look'> & { claim(code: string, address?: string): Promise<Certificate> }
  readonly certified: ClaimedMachine[]
}

async function station(options: { mdns?: boolean; certify?: () => Promise<Certificate> } = {}): Promise<Station> {
  const identity = await generateIdentity()
  const certified: ClaimedMachine[] = []
  const search = new ClaimSearch(
    {
      identity,
      membership: await fleet.admit(identity.id, 'station', 'desk'),
      clock: systemClock,
      logger: silentLogger,
      group,
    },
    { software: '0', mdns: options.mdns ?? false },
  )
  await search.start()
  undo.push(() => search.stop())
  const certify = async (claimed: ClaimedMachine): Promise<Certificate> => {
    certified.push(claimed)
    return (await fleet.admit(claimed.id, claimed.role, claimed.name)).certificate
  }
  const claim = (code: string, address?: string): Promise<Certificate> =>
    search.claim(code, options.certify ?? certify, address)
  return { search: { look: () => search.look(), claim }, certified }
}

describe('a machine that waits to be claimed', () => {
  test('is taken in with the code on its console, typed by hand', async () => {
    const { search, certified } = await station()
    const roof = await machine('roof-1')
    const certificate = await search.claim(` ${roof.code.toLowerCase().replaceAll('-', ' ')}`, roof.address)
    expect(certificate).toMatchObject({ subject: roof.identity.id, name: 'roof-1', role: 'node' })
    expect(await roof.membership).toMatchObject({ fleet: fleet.id, certificate: { subject: roof.identity.id } })
    expect(roof.kept).toHaveLength(1)
    expect(certified).toMatchObject([{ id: roof.identity.id, model: 'Test board' }])
    expect(search.look()).toEqual([])
  })

  test('is seen on the network by whoever looks, and found among others by its code', async () => {
    const { search } = await station({ mdns: true })
    const roof = await machine('roof-1', { mdns: true })
    const gate = await machine('gate-1', { mdns: true, role: 'station' })
    await expect
      .poll(() => search.look().map(({ description }) => `${description.role} ${description.name}`), {
        timeout: 10_000,
      })
      .toEqual(expect.arrayContaining(['node roof-1', 'station gate-1']))
    expect(await search.claim(gate.code)).toMatchObject({ subject: gate.identity.id, role: 'station' })
    expect(roof.kept).toEqual([])
  })

  test('is waited for, when it is not there yet', async () => {
    const { search } = await station({ mdns: true })
    const identity = await generateIdentity()
    const claimed = search.claim(claimCodeFor(identity))
    const ended = new AbortController()
    const membership = awaitClaim(
      { identity, clock: systemClock, logger: silentLogger, group },
      {
        description: { name: 'late', role: 'node', software: '0' },
        listen: ['/ip4/127.0.0.1/tcp/0'],
        mdns: true,
        keep: async () => undefined,
        signal: ended.signal,
      },
    )
    undo.push(async () => ended.abort())
    expect(await claimed).toMatchObject({ subject: identity.id })
    expect(await membership).toMatchObject({ fleet: fleet.id })
  })

  test('is not taken in with another code, and slows down who tries many', async () => {
    const { search, certified } = await station()
    const roof = await machine('roof-1')
    const wrong = roof.code.slice(0, -1) + (roof.code.endsWith('0') ? '1' : '0')
    const outcomes: string[] = []
    for (let guess = 0; guess < 12; guess++) outcomes.push(await tryOnce(search, wrong, roof.address))
    expect(new Set(outcomes)).toEqual(new Set(['NOT_FOUND', 'RATE_LIMITED']))
    expect(outcomes.filter((outcome) => outcome === 'NOT_FOUND').length).toBeLessThanOrEqual(9)
    expect([certified, roof.kept]).toEqual([[], []])
  })

  test('stays unclaimed when the station may not sign, and says why at once', async () => {
    const { search } = await station({ certify: () => Promise.reject(new FleetError('CONFLICT', 'it was put out')) })
    const roof = await machine('roof-1')
    await expect(search.claim(roof.code, roof.address)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(roof.kept).toEqual([])
  })

  test('does not believe a certificate of another fleet, of another member or with another role', async () => {
    const roof = await machine('roof-1')
    const elsewhere = await testFleet()
    const other = (await generateIdentity()).id
    for (const certify of [
      async () => (await elsewhere.admit(roof.identity.id, 'node', 'roof-1')).certificate,
      async () => (await fleet.admit(other, 'node', 'roof-1')).certificate,
      async () => (await fleet.admit(roof.identity.id, 'station', 'roof-1')).certificate,
    ]) {
      const { search } = await station({ certify })
      expect(await tryOnce(search, roof.code, roof.address)).toMatch(/NOT_FOUND|NOT_MEMBER/)
    }
    expect(roof.kept).toEqual([])
  })

  test('is claimed once, when two stations are there at the same time', async () => {
    const [a, b] = [await station(), await station()]
    const roof = await machine('roof-1')
    const outcomes = await Promise.allSettled([
      a.search.claim(roof.code, roof.address),
      b.search.claim(roof.code, roof.address),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(roof.kept).toHaveLength(1)
  })
})

describe('a machine in between', () => {
  /** Answers as if it were the machine, and passes on every frame between the two; `change` may alter what the station says. */
  async function relay(
    target: Machine,
    identity: Identity,
    change: (frame: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  ): Promise<{ address: string; passed: string[] }> {
    const node: Libp2p = await createLibp2p(
      baseOptions({ identity, listen: ['/ip4/127.0.0.1/tcp/0'], software: '0', maxConnections: 16 }),
    )
    undo.push(async () => node.stop())
    const state: { address: string; passed: string[] } = { address: '', passed: [] }
    const pass = async (inbound: Stream): Promise<void> => {
      const outbound = await (await node.dial(multiaddr(target.address))).newStream(claimProtocol)
      const signal = AbortSignal.timeout(5000)
      const [asking, claimed] = [inbound, outbound].map(
        (stream) => new LibP2PFrames(stream, { maxBytes: 4096, signal }),
      )
      const frame = z.record(z.string(), z.unknown())
      for (;;) {
        const said = change((await asking?.read(frame)) ?? {})
        await claimed?.write(said)
        const answer = (await claimed?.read(frame)) ?? {}
        state.passed.push(`${Object.keys(said).toSorted().join()} > ${Object.keys(answer).toSorted().join()}`)
        await asking?.write(answer)
      }
    }
    await node.handle(claimProtocol, (stream) => pass(stream).catch(() => undefined))
    await node.start()
    state.address = node.getMultiaddrs()[0]?.toString() ?? ''
    return state
  }

  test('cannot answer in the machine’s place by passing everything on', async () => {
    const { search, certified } = await station()
    const roof = await machine('roof-1')
    const between = await relay(roof, await generateIdentity(), (frame) => frame)
    expect(await tryOnce(search, roof.code, between.address)).toBe('NOT_MEMBER')
    expect(between.passed.at(-1)).toBe('certificate,fleet,nonce > refused')
    expect([certified, roof.kept]).toEqual([[], []])
    expect(await search.claim(roof.code, roof.address)).toMatchObject({ subject: roof.identity.id })
  })

  test('cannot even if it is a station of the fleet and shows its own certificate', async () => {
    const { search, certified } = await station()
    const roof = await machine('roof-1')
    const identity = await generateIdentity()
    const { certificate } = await fleet.admit(identity.id, 'station', 'bad')
    const between = await relay(roof, identity, (frame) =>
      'certificate' in frame ? { ...frame, certificate: certificate.sealed } : frame,
    )
    expect(await tryOnce(search, roof.code, between.address)).toBe('NOT_FOUND')
    expect(between.passed.slice(-2)).toEqual(['certificate,fleet,nonce > nonce', 'proof > refused'])
    expect([certified, roof.kept]).toEqual([[], []])
  })
})

test('claim codes follow from the key, so that they outlive a restart', async () => {
  const identity = await generateIdentity()
  expect(parseClaimCode(claimCodeFor(identity))).toBe(claimCodeOf(identity.privateKey.raw))
})

async function tryOnce(search: Station['search'], code: string, address: string): Promise<string> {
  return search.claim(code, address).then(
    () => 'claimed',
    (error: unknown) => (error instanceof FleetError ? error.code : String(error)),
  )
}
