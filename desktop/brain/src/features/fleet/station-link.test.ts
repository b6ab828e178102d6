import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { LostPeer, MeshPeer } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { ReplicaEntry } from '@wrale/replica'
import { beforeEach, describe, expect, test } from 'vitest'
import { StationLink } from './station-link.ts'

const ids = ['a', 'b', 'c', 'd'] as unknown as readonly PeerIdText[]
const [a, b, c, d] = ids as [PeerIdText, PeerIdText, PeerIdText, PeerIdText]
const self = 'self' as PeerIdText

/** A station with links to members that come and go. */
class Surroundings {
  readonly clock = new VirtualClock()
  readonly words = new Emitter<Pick<ReplicaEntry, 'record' | 'heardAtMonotonicMs'>>()
  readonly admitted = new Emitter<MeshPeer>()
  readonly lost = new Emitter<LostPeer>()
  readonly linked = new Set<PeerIdText>()
  network = true
  /** How long ago all links showed life; undefined when the mesh does not know. */
  heardAgoMs: number | undefined
  readonly link = new StationLink({
    self,
    mesh: {
      peers: () =>
        [...this.linked].map((id) => ({
          id,
          ...(this.heardAgoMs === undefined ? {} : { heardAgoMs: this.heardAgoMs }),
        })),
      peerAdmitted: this.admitted,
      peerLost: this.lost,
    },
    words: this.words,
    hasNetwork: () => this.network,
    clock: this.clock,
    logger: silentLogger,
  })

  meet(...members: readonly PeerIdText[]): void {
    for (const id of members) {
      this.linked.add(id)
      this.admitted.emit({ id } as MeshPeer)
    }
  }

  lose(...members: readonly PeerIdText[]): void {
    for (const id of members) {
      this.linked.delete(id)
      this.lost.emit({ id, givenUp: false } as LostPeer)
    }
  }

  hear(author: PeerIdText): void {
    const record = { author } as ReplicaEntry['record']
    this.words.emit({ record, heardAtMonotonicMs: this.clock.monotonicMs() })
  }

  /** Time in which those members speak every second. */
  async pass(ms: number, ...speakers: readonly PeerIdText[]): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
      for (const speaker of speakers) this.hear(speaker)
      await this.clock.advance(1000)
    }
  }

  get seen(): { state: string; isolated: boolean } {
    return { state: this.link.state, isolated: this.link.isolated }
  }
}

const well = { state: 'up', isolated: false }

describe('the station’s own link', () => {
  let around: Surroundings
  beforeEach(async () => {
    around = new Surroundings()
    await around.link.start()
    around.meet(...ids)
    around.hear(a)
    await around.clock.advance(1000)
    return () => around.link.stop()
  })

  test('is up while there are links, whoever goes', async () => {
    expect(around.seen).toEqual(well)
    around.lose(a)
    await around.pass(60_000, b, c, d)
    expect(around.seen).toEqual(well)
  })

  test('is not blamed for several nodes that end, as long as another is heard', async () => {
    around.lose(a, b)
    await around.clock.advance(1500)
    around.hear(c)
    await around.clock.advance(30_000)
    expect(around.seen).toEqual(well)
  })

  test('is blamed as soon as one of several links is gone and all others are silent', async () => {
    await around.clock.advance(200)
    around.lose(a)
    around.hear(self)
    await around.clock.advance(2500)
    expect(around.seen).toEqual({ state: 'alone', isolated: true })
    around.lose(b)
    await around.clock.advance(30_000)
    expect(around.seen).toEqual({ state: 'alone', isolated: true })
  })

  test('is not blamed for two nodes that end in a fleet that is always silent for so long', async () => {
    for (let word = 0; word < 4; word++) {
      around.hear(a)
      await around.clock.advance(5000)
    }
    around.hear(c)
    await around.clock.advance(100)
    around.lose(a, b)
    await around.clock.advance(5000)
    expect(around.seen).toEqual(well)
    await around.clock.advance(2000)
    expect(around.seen).toEqual({ state: 'alone', isolated: true })
  })

  test('is not blamed while links show life, however long nobody writes anything', async () => {
    around.heardAgoMs = 500
    await around.clock.advance(60_000)
    around.lose(a, b)
    await around.clock.advance(30_000)
    expect(around.seen).toEqual(well)
    around.heardAgoMs = undefined
    around.lose(c)
    await around.clock.advance(4000)
    expect(around.seen).toEqual({ state: 'alone', isolated: true })
  })

  test('is not blamed for a link that came back', async () => {
    around.lose(a)
    around.meet(a)
    around.lose(b)
    await around.clock.advance(10_000)
    expect(around.seen).toEqual(well)
  })

  test('is blamed at once when the last of several links goes with the others', () => {
    around.lose(a, b, c, d)
    expect(around.seen).toEqual({ state: 'alone', isolated: true })
  })

  test('is not blamed for the only node that goes', async () => {
    around.lose(a)
    await around.pass(60_000, b, c, d)
    around.lose(b)
    await around.pass(60_000, c, d)
    around.lose(c)
    await around.pass(60_000, d)
    around.lose(d)
    expect(around.seen).toEqual({ state: 'alone', isolated: false })
  })

  test('is down without a network, and gives members a moment to be heard when it is back', async () => {
    around.network = false
    around.lose(a, b, c, d)
    expect(around.seen).toEqual({ state: 'down', isolated: true })
    around.network = true
    around.meet(a)
    expect(around.seen).toEqual({ state: 'up', isolated: true })
    await around.clock.advance(5000)
    expect(around.seen).toEqual(well)
  })

  test('tells of each change once', () => {
    const told: string[] = []
    around.link.changed.subscribe((state) => told.push(state))
    around.lose(a, b, c, d)
    around.meet(a, b)
    expect(told).toEqual(['alone', 'up'])
  })
})
