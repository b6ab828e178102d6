import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { peerIdSchema, type PeerIdText, shortIdOf } from '@wrale/protocol'
import type { LinksBody } from '@wrale/protocol/records'
import { beforeEach, describe, expect, it } from 'vitest'
import { LinksPublisher, type OwnLink } from './links-publisher.ts'

const peer = (letter: string): PeerIdText => peerIdSchema.parse(`12D3KooW${letter.repeat(44)}`)

class Surroundings {
  readonly clock = new VirtualClock()
  readonly linked = new Emitter<unknown>()
  readonly lost = new Emitter<{ readonly givenUp: boolean }>()
  readonly links = new Map<PeerIdText, OwnLink>()
  readonly written: Array<{ atMs: number; body: LinksBody }> = []
  members = 3
  fail = false
  readonly publisher = new LinksPublisher({
    links: () => [...this.links.values()],
    linked: this.linked,
    lost: this.lost,
    members: () => this.members,
    write: async (body) => {
      if (this.fail) throw new Error('disk full')
      this.written.push({ atMs: this.clock.monotonicMs(), body })
    },
    clock: this.clock,
    logger: silentLogger,
  })

  link(letter: string, measured: Omit<OwnLink, 'id'> = { rttMs: 1 }): void {
    this.links.set(peer(letter), { id: peer(letter), ...measured })
    this.linked.emit(undefined)
  }

  unlink(letter: string, givenUp = false): void {
    this.links.delete(peer(letter))
    this.lost.emit({ givenUp })
  }

  get last(): LinksBody | undefined {
    return this.written.at(-1)?.body
  }
}

describe('LinksPublisher', () => {
  let around: Surroundings
  beforeEach(async () => {
    around = new Surroundings()
    await around.publisher.start()
    return () => around.publisher.stop()
  })

  it('tells of several new links at once, soon after the first', async () => {
    around.link('a')
    await around.clock.advance(299)
    expect(around.written).toHaveLength(0)
    around.link('b', { rttMs: 2.5, lossRatio: 0.1 })
    await around.clock.advance(1)
    expect(around.last).toEqual({
      links: [
        { peer: shortIdOf(peer('a')), rttMs: 1 },
        { peer: shortIdOf(peer('b')), rttMs: 2.5, lossRatio: 0.1 },
      ],
    })
  })

  it('tells of a lost link at once, also in a burst of new ones', async () => {
    around.link('a')
    around.link('b')
    await around.clock.advance(300)
    around.link('c')
    await around.clock.advance(200)
    around.unlink('a')
    await around.clock.advance(20)
    expect(around.written).toHaveLength(2)
    expect(around.last?.links.map(({ peer: id }) => id)).toEqual([shortIdOf(peer('b')), shortIdOf(peer('c'))])
    around.unlink('b')
    around.unlink('c')
    await around.clock.advance(200)
    expect(around.last).toEqual({ links: [] })
    expect(around.written).toHaveLength(3)
  })

  describe('a link that was given up', () => {
    beforeEach(async () => {
      around.link('a')
      around.link('b')
      await around.clock.advance(300)
      around.unlink('a', true)
      await around.clock.advance(500)
    })

    it('is told of at leisure', async () => {
      expect(around.written).toHaveLength(1)
      await around.clock.advance(5000)
      expect(around.last).toEqual({ links: [{ peer: shortIdOf(peer('b')), rttMs: 1 }] })
    })

    it('is taken back at once when others lost that member', async () => {
      around.publisher.doubt(peer('a'))
      await around.clock.advance(20)
      expect(around.last).toEqual({ links: [{ peer: shortIdOf(peer('b')), rttMs: 1 }] })
    })

    it('is no reason to say more of those that are linked or were never told of', async () => {
      around.publisher.doubt(peer('b'))
      around.publisher.doubt(peer('c'))
      await around.clock.advance(20)
      expect(around.written).toHaveLength(1)
    })
  })

  it('writes few records in a burst of new links, and ends with all of them', async () => {
    for (let count = 0; count < 20; count++) {
      around.link(String.fromCharCode(97 + (count % 11)))
      await around.clock.advance(100)
    }
    await around.clock.advance(6000)
    expect(around.written.length).toBeLessThanOrEqual(3)
    expect(around.last?.links).toHaveLength(11)
  })

  it('is quiet while nothing changes, and never silent for good', async () => {
    around.link('a')
    await around.clock.advance(300)
    await around.clock.advance(600_000)
    expect(around.written).toHaveLength(1)
    await around.clock.advance(60_001)
    expect(around.written).toHaveLength(2)
  })

  it('tells of round trips that changed, less often in a larger fleet', async () => {
    around.members = 100
    around.link('a')
    await around.clock.advance(300)
    around.links.set(peer('a'), { id: peer('a'), rttMs: 1.4 })
    await around.clock.advance(200_000)
    expect(around.written).toHaveLength(1)
    around.links.set(peer('a'), { id: peer('a'), rttMs: 30 })
    await around.clock.advance(199_000)
    expect(around.written).toHaveLength(1)
    await around.clock.advance(1001)
    expect(around.last?.links[0]?.rttMs).toBe(30)
  })

  it('tells soon of a round trip that was not measured yet', async () => {
    around.link('a', {})
    await around.clock.advance(300)
    expect(around.last?.links[0]).toEqual({ peer: shortIdOf(peer('a')) })
    around.links.set(peer('a'), { id: peer('a'), rttMs: 4 })
    await around.clock.advance(10_000)
    expect(around.last?.links[0]?.rttMs).toBe(4)
  })

  it('tries again after a write that failed', async () => {
    around.fail = true
    around.link('a')
    await around.clock.advance(300)
    around.fail = false
    await around.clock.advance(5000)
    expect(around.written).toHaveLength(1)
  })

  it('tells of links that were there before it started, and of nothing once stopped', async () => {
    await around.publisher.stop()
    around.link('a')
    await around.clock.advance(1000)
    expect(around.written).toHaveLength(0)
    await around.publisher.start()
    await around.clock.advance(300)
    expect(around.written).toHaveLength(1)
    await around.publisher.stop()
    expect(around.linked.listenerCount + around.lost.listenerCount).toBe(0)
  })
})
