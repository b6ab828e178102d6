import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { type PeerIdText, shortIdOf } from '@wrale/protocol'
import type { EventBody } from '@wrale/protocol/records'
import { identityFromSeed } from '@wrale/protocol/signing'
import type { ReplicaEntry } from '@wrale/replica'
import { beforeEach, describe, expect, it } from 'vitest'
import { Witness } from './witness.ts'

type Peer = { readonly id: PeerIdText; readonly name: string; readonly role: 'node' | 'station' }

const shortText = (id: PeerIdText): string => Buffer.from(shortIdOf(id)).toString('hex')
/** Sorted as turns go. */
const identities = await Promise.all([1, 2, 3, 4, 5].map((seed) => identityFromSeed(new Uint8Array(32).fill(seed))))
const ids = identities.map(({ id }) => id).toSorted((a, b) => (shortText(a) < shortText(b) ? -1 : 1))
const [early, self, late, hut, far] = ids as [PeerIdText, PeerIdText, PeerIdText, PeerIdText, PeerIdText]
const hutPeer: Peer = { id: hut, name: 'hut', role: 'node' }

let clock: VirtualClock
let told: EventBody[]
let peers: PeerIdText[]
let latest: Map<PeerIdText, ReplicaEntry>
let heard: Map<PeerIdText, number>
let admitted: Emitter<Peer>
let lost: Emitter<Peer & { readonly givenUp: boolean }>
let changed: Emitter<ReplicaEntry>
let witness: Witness

beforeEach(async () => {
  clock = new VirtualClock()
  told = []
  peers = [early, late]
  latest = new Map()
  heard = new Map()
  admitted = new Emitter()
  lost = new Emitter()
  changed = new Emitter()
  witness = new Witness({
    self,
    peers: () => peers,
    admitted,
    lost,
    records: { latest: (id) => latest.get(id), heardAtMs: (id) => heard.get(id), changed },
    members: {
      list: () => ids.map((subject) => ({ subject })),
      resolve: (short) => ids.find((id) => shortText(id) === Buffer.from(short).toString('hex')),
    },
    wordMs: () => 9000,
    write: async (body) => void told.push(body),
    clock,
    logger: silentLogger,
  })
  await witness.start()
})

function entry(author: PeerIdText, kind: string, body: unknown): ReplicaEntry {
  const record = { author, kind, body } as unknown as ReplicaEntry['record']
  return { record, heardAtMonotonicMs: clock.monotonicMs(), heardAtWallMs: clock.wallMs() }
}

/** A member says whom it is linked to. */
function links(author: PeerIdText, ...others: readonly PeerIdText[]): void {
  const said = entry(author, 'links', { links: others.map((id) => ({ peer: shortIdOf(id) })) })
  latest.set(author, said)
  heard.set(author, clock.monotonicMs())
  changed.emit(said)
}

const lose = (peer: Peer = hutPeer, givenUp = false): void => lost.emit({ ...peer, givenUp })
const names = (): readonly string[] => told.map(({ name }) => name)

describe('a witness', () => {
  it('tells of a neighbour that is silent for 15 s, and of its return', async () => {
    lose()
    await clock.advance(14_999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toMatchObject([{ name: 'neighbour.silent', severity: 'warning', data: { about: hut } }])
    await clock.advance(45_000)
    admitted.emit(hutPeer)
    expect(told[1]).toMatchObject({ name: 'neighbour.heard', severity: 'info', data: { about: hut, seconds: 60 } })
    admitted.emit(hutPeer)
    expect(told).toHaveLength(2)
  })

  it('says nothing of a link that came back, was given up, or led to a station', async () => {
    lose()
    await clock.advance(10_000)
    admitted.emit(hutPeer)
    lose({ id: far, name: 'far', role: 'node' }, true)
    lose({ id: late, name: 'laptop', role: 'station' })
    await clock.advance(600_000)
    expect(told).toEqual([])
  })

  it('says nothing of a node that spoke since, or that a member has a link to that spoke since', async () => {
    lose()
    await clock.advance(5000)
    heard.set(hut, clock.monotonicMs())
    await clock.advance(60_000)
    lose()
    await clock.advance(5000)
    links(late, self, hut)
    await clock.advance(60_000)
    expect(told).toEqual([])
  })

  it('does not take the word of one that said nothing since for a sighting', async () => {
    links(late, self, hut)
    await clock.advance(1000)
    lose()
    await clock.advance(60_000)
    expect(names()).toEqual(['neighbour.silent'])
  })

  it('leaves it to the first of the neighbours, and tells if that one does not', async () => {
    links(hut, early, self, late)
    await clock.advance(5000)
    lose()
    await clock.advance(16_900)
    expect(told, 'it is the second').toEqual([])
    changed.emit(
      entry(early, 'event', { name: 'neighbour.silent', severity: 'warning', message: '', data: { about: hut } }),
    )
    await clock.advance(60_000)
    expect(told).toEqual([])
    admitted.emit(hutPeer)
    lose()
    await clock.advance(17_000)
    expect(names()).toEqual(['neighbour.silent'])
  })

  it('tells of itself where nobody is left, and how long that lasted', async () => {
    peers = []
    lose()
    lose({ id: far, name: 'far', role: 'node' })
    await clock.advance(40_000)
    expect(names()).toEqual(['node.cut-off'])
    peers = [late]
    admitted.emit({ id: late, name: 'late', role: 'node' })
    expect(told[1]).toMatchObject({ name: 'node.in-reach', severity: 'info', data: { seconds: 40 } })
  })

  it('tells of a node that comes and goes once in five minutes', async () => {
    for (let minute = 0; minute < 10; minute++) {
      lose()
      await clock.advance(30_000)
      admitted.emit(hutPeer)
      await clock.advance(30_000)
    }
    expect(names().filter((name) => name === 'neighbour.silent')).toHaveLength(2)
  })

  it('leaves no timer behind', async () => {
    lose()
    await witness.stop()
    expect(clock.pending).toBe(0)
  })
})
