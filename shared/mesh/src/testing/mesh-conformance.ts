import { linkProtocol, maxLinkFrameBytes } from '@wrale/protocol/wire'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Transport } from '../transport/transport.ts'
import type { Mesh, SecurityIncident } from '../types.ts'
import type { ReplicaFake } from './replica-fake.ts'

export interface ConformanceMember {
  readonly mesh: Mesh
  readonly replica: ReplicaFake
  readonly incidents: readonly SecurityIncident[]
  /** Where others can dial it, the same whenever it starts. */
  readonly addresses: readonly string[]
}

/** What a composition brings to the suite. */
export interface MeshHarness {
  /** A member of the fleet that dials those peers. Not started. */
  member(peers: readonly ConformanceMember[]): Promise<ConformanceMember>
  /** The transport of a member of the fleet that keeps to no rule above it. Not started. */
  rogue(): Promise<Transport>
  /** Nothing passes between these and the others until `heal`; where a network cannot be cut, these are stopped meanwhile. */
  split(some: readonly ConformanceMember[]): Promise<void>
  heal(): Promise<void>
  run<T>(promise: Promise<T>): Promise<T>
  pass(ms: number): Promise<void>
  /** Lets time pass until it holds. Fails after `limitMs` of the members' time. */
  until(condition: () => boolean, limitMs: number): Promise<void>
}

const never = new AbortController().signal
const gone = Promise.resolve(undefined)

/** Every composition keeps to this. */
export function meshConformance(name: string, harnessOf: () => Promise<MeshHarness>): void {
  let harness: MeshHarness
  const started: Array<{ stop(): Promise<void> }> = []

  async function member(...peers: ConformanceMember[]): Promise<ConformanceMember> {
    const made = await harness.member(peers)
    started.push(made.mesh)
    await harness.run(made.mesh.start())
    return made
  }

  /** Each knows the one before it. */
  async function chain(count: number): Promise<ConformanceMember[]> {
    const members: ConformanceMember[] = []
    for (let index = 0; index < count; index++) members.push(await member(...members.slice(-1)))
    return members
  }

  function allHave(members: readonly ConformanceMember[], texts: readonly string[]): Promise<void> {
    return harness.until(() => members.every(({ replica }) => texts.every((text) => replica.has(text))), 20_000)
  }

  function linked(one: ConformanceMember, other: ConformanceMember): boolean {
    return one.mesh.peers().some(({ id }) => id === other.mesh.id)
  }

  describe(`a mesh: ${name}`, () => {
    beforeEach(async () => {
      harness = await harnessOf()
    })

    afterEach(async () => {
      for (const one of started.splice(0)) await harness.run(one.stop())
    })

    test('what is written anywhere reaches everyone, and life and round trips are known', async () => {
      const members = await chain(5)
      for (const [index, { replica }] of members.entries()) replica.write(`m${index}/status/1`)
      await allHave(
        members,
        members.map((_, index) => `m${index}/status/1`),
      )
      const [first] = members
      await harness.until(() => first?.mesh.peers().every(({ rttMs }) => rttMs !== undefined) === true, 10_000)
      for (const peer of first?.mesh.peers() ?? []) {
        expect(peer.heardAgoMs).toBeLessThan(5000)
        expect(peer.rttMs).toBeGreaterThan(0)
      }
    })

    test('a burst arrives whole', async () => {
      const members = await chain(3)
      await harness.until(() => members.every(({ mesh }) => mesh.peers().length > 0), 5000)
      const texts = Array.from({ length: 300 }, (_, index) => `burst/${index}/1`)
      for (const text of texts) members[0]?.replica.write(text)
      await allHave(members, texts)
      expect(members.flatMap(({ incidents }) => incidents)).toEqual([])
    })

    test('who joins late catches up', async () => {
      const members = await chain(3)
      for (let index = 0; index < 20; index++) members[0]?.replica.write(`early/${index}/1`)
      const late = await member(...members.slice(-1))
      await allHave(
        [late],
        Array.from({ length: 20 }, (_, index) => `early/${index}/1`),
      )
      expect(late.replica.received.length).toBeGreaterThanOrEqual(20)
    })

    test('a member that was lost is linked again by those who knew it', async () => {
      const hub = await member()
      const other = await member(hub)
      await harness.until(() => linked(hub, other), 5000)
      await harness.split([hub])
      await harness.until(() => !linked(other, hub), 30_000)
      await harness.heal()
      await harness.until(() => linked(other, hub) && linked(hub, other), 20_000)
      hub.replica.write('hub/back/1')
      await allHave([other], ['hub/back/1'])
      expect(other.mesh.peers().map(({ id }) => id)).toEqual([hub.mesh.id])
    })

    test('halves that were apart agree again', async () => {
      const members = await chain(6)
      await harness.until(() => members.every(({ mesh }) => mesh.peers().length >= 2), 10_000)
      const half = members.filter((_, index) => index % 2 === 1)
      await harness.split(half)
      const rest = members.filter((one) => !half.includes(one))
      await harness.until(() => rest.every((one) => half.every((other) => !linked(one, other))), 40_000)
      for (const [index, { replica }] of members.entries()) replica.write(`m${index}/apart/1`)
      await harness.heal()
      await allHave(
        members,
        members.map((_, index) => `m${index}/apart/1`),
      )
      expect(members.flatMap(({ incidents }) => incidents)).toEqual([])
    })

    test('a member that was put out is cut off, and stays so', async () => {
      const members = await chain(3)
      const [hub, , out] = members
      if (hub === undefined || out === undefined) throw new Error('there are three')
      await harness.until(() => members.every(({ mesh }) => mesh.peers().length === 2), 10_000)
      const facts = { id: out.mesh.id, role: 'node', addresses: [], heardAtMs: undefined, revoked: true } as const
      for (const one of members) if (one !== out) one.replica.known.push(facts)
      await harness.until(() => members.every((one) => one === out || !linked(one, out)), 15_000)
      hub.replica.write('hub/after/1')
      await allHave(members.slice(0, 2), ['hub/after/1'])
      const begun: string[] = []
      hub.mesh.peerAdmitted.subscribe(({ id }) => begun.push(id))
      await harness.pass(3000)
      expect(begun).toEqual([])
      expect(out.replica.has('hub/after/1')).toBe(false)
    })

    test.each<[string, (say: (value: unknown) => Promise<void>) => Promise<void>]>([
      ['frames that are none', (say) => say({ r: 'records' })],
      ['frames that are too long', (say) => say({ z: new Uint8Array(maxLinkFrameBytes) })],
      [
        'more frames than anybody needs',
        async (say) => {
          for (let count = 0; count < 1500; count++) await say({ b: 1000 })
        },
      ],
      [
        'records that are none',
        async (say) => {
          for (let count = 0; count < 20; count++) await say({ r: [new TextEncoder().encode(`bad ${count}`)] })
        },
      ],
    ])('who sends %s is kept out, and the others go on', async (_what, misbehave) => {
      const members = await chain(3)
      const [victim] = members
      if (victim === undefined) throw new Error('there are three')
      const rogue = await harness.rogue()
      started.push(rogue)
      rogue.handle(linkProtocol, { maxBytes: maxLinkFrameBytes, maxStreams: 1, serve: async () => undefined })
      await harness.run(rogue.start())
      const target = { peer: victim.mesh.id, addresses: victim.addresses }
      let keptOut = false
      // Some of it ends the link at once, and is put up with a few times; and the victim dials a member that it lost.
      for (let attempt = 0; attempt < 30 && !keptOut; attempt++) {
        const link = await harness.run(rogue.dial(target, never)).catch(() => undefined)
        keptOut = link === undefined && victim.incidents.length > 5
        const options = { maxBytes: 4 * maxLinkFrameBytes, signal: never }
        const stream = await harness.run(link?.open(linkProtocol, options) ?? gone).catch(() => undefined)
        if (stream === undefined) continue
        // The stream ends under its hands.
        await harness.run(misbehave((value) => stream.write(value)).catch(() => undefined))
        await harness.pass(50)
      }
      expect(keptOut).toBe(true)
      victim.replica.write('victim/well/1')
      await allHave(members, ['victim/well/1'])
    })
  })
}
