import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../transport/memory/seeded-random.ts'
import type { ReceiveVerdict } from '../../types.ts'
import { recordIdOf } from '../record-id.ts'
import { Push, type PushVoice } from './push.ts'

const tuning = { tellMs: 1500, graftAfterMs: 500 }

/** Pushers on a graph; what one says reaches the other after a while, unless the link is cut. */
class Graph {
  readonly clock = new VirtualClock()
  readonly held: Array<Set<string>> = []
  readonly pushes: Push[] = []
  readonly offences: string[] = []
  pushed = 0
  readonly #links = new Map<number, Set<number>>()
  readonly #random: () => number

  constructor(members: number, seed: number, verdict: ReceiveVerdict = 'new') {
    this.#random = seededRandom(seed)
    for (let self = 0; self < members; self++) {
      const held = new Set<string>()
      this.held.push(held)
      this.pushes.push(
        new Push(
          {
            voice: this.#voice(self),
            receive: async (sealed) => {
              const text = new TextDecoder().decode(sealed)
              if (held.has(text)) return 'known'
              if (verdict === 'new') held.add(text)
              return verdict
            },
            offence: (peer) => this.offences.push(peer),
            missed: () => undefined,
            clock: this.clock,
            random: this.#random,
          },
          tuning,
        ),
      )
    }
  }

  link(a: number, b: number): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const links = this.#links.get(one) ?? new Set()
      if (one === other || links.has(other)) continue
      this.#links.set(one, links.add(other))
      this.pushes[one]?.opened(idOf(other))
    }
  }

  cut(a: number, b: number): void {
    this.#links.get(a)?.delete(b)
    this.#links.get(b)?.delete(a)
    this.pushes[a]?.closed(idOf(b))
    this.pushes[b]?.closed(idOf(a))
  }

  write(self: number, text: string): void {
    this.held[self]?.add(text)
    this.pushes[self]?.wrote(new TextEncoder().encode(text))
  }

  isWhole(): boolean {
    const reached = new Set([0])
    for (const one of reached) for (const next of this.#links.get(one) ?? []) reached.add(next)
    return reached.size === this.pushes.length
  }

  edges(): Array<[number, number]> {
    return [...this.#links].flatMap(([a, others]) =>
      [...others].flatMap((b): Array<[number, number]> => (a < b ? [[a, b]] : [])),
    )
  }

  #voice(self: number): PushVoice {
    const send = (peer: PeerIdText, frame: Parameters<Push['heard']>[1]): void => {
      const to = Number(peer)
      this.clock.schedule(1 + 20 * this.#random(), () => {
        if (this.#links.get(self)?.has(to) === true) void this.pushes[to]?.heard(idOf(self), frame)
      })
    }
    return {
      push: (peer, records) => {
        this.pushed += records.length
        if (records.length > 0) send(peer, { r: records.map(({ sealed }) => sealed) })
      },
      tell: (peer, ids, urgency) => {
        if (urgency === 'now') send(peer, { h: ids.map(({ bytes }) => bytes) })
      },
      want: (peer, ids) => send(peer, { w: ids.map(({ bytes }) => bytes) }),
      say: (peer, part) => send(peer, part),
    }
  }
}

function idOf(index: number): PeerIdText {
  return String(index) as PeerIdText
}

function randomGraph(members: number, degree: number, seed: number): Graph {
  const graph = new Graph(members, seed)
  const random = seededRandom(seed + 1)
  for (let self = 1; self < members; self++) graph.link(self, Math.floor(random() * self))
  for (let self = 0; self < members; self++)
    for (let link = 0; link < degree - 1; link++) graph.link(self, Math.floor(random() * members))
  return graph
}

describe('records on a graph', () => {
  test('reach everyone, and do so again soon after links of the tree are lost, as long as the graph hangs together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 25 }), fc.nat(), async (members, seed) => {
        const graph = randomGraph(members, 4, seed)
        const random = seededRandom(seed + 2)
        const write = async (text: string): Promise<void> => {
          graph.write(Math.floor(random() * members), text)
          await graph.clock.advance(2500)
        }
        for (let round = 0; round < 3; round++) {
          for (let n = 0; n < 25; n++) await write(`${round}/mend/${n}`)
          const texts = [0, 1, 2].map((n) => `${round}/${n}`)
          for (const text of texts) await write(text)
          await graph.clock.advance(20_000)
          for (const held of graph.held) for (const text of texts) expect(held).toContain(text)
          const edges = graph.edges()
          const [a, b] = edges[Math.floor(random() * edges.length)] ?? [0, 0]
          graph.cut(a, b)
          if (!graph.isWhole()) graph.link(a, b)
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  test('are pushed hardly more often than there are members to reach', async () => {
    const graph = randomGraph(30, 6, 7)
    for (let n = 0; n < 60; n++) {
      graph.write(n % 30, `first/${n}`)
      await graph.clock.advance(200)
    }
    graph.pushed = 0
    for (let n = 0; n < 20; n++) {
      graph.write(n % 30, `then/${n}`)
      await graph.clock.advance(200)
    }
    expect(graph.pushed).toBeLessThan(20 * 29 * 1.1)
    expect(graph.held.every((held) => held.size === 80)).toBe(true)
  })
})

test('what is not acceptable is held against who pushed it, and goes no further', async () => {
  const graph = new Graph(3, 1, 'rejected')
  graph.link(0, 1)
  graph.link(1, 2)
  graph.write(0, 'bad')
  await graph.clock.advance(10_000)
  expect(graph.offences).toEqual(['0'])
  expect(graph.pushed).toBe(1)
})

test('what cannot be taken yet is taken when it comes again', async () => {
  let verdict: ReceiveVerdict = 'deferred'
  let taken = 0
  const push = new Push(
    {
      voice: { push: () => undefined, tell: () => undefined, want: () => undefined, say: () => undefined },
      receive: async () => {
        taken++
        return verdict
      },
      offence: () => undefined,
      missed: () => undefined,
      clock: new VirtualClock(),
      random: () => 0.5,
    },
    tuning,
  )
  push.opened(idOf(1))
  const frame = { r: [new TextEncoder().encode('x')] }
  await push.heard(idOf(1), frame)
  verdict = 'new'
  await push.heard(idOf(1), frame)
  await push.heard(idOf(1), frame)
  expect(taken).toBe(2)
})

test('a young record that was pulled is pushed on, an old one waits for a push and is then passed on without a second check', async () => {
  const clock = new VirtualClock()
  const pushed: string[] = []
  let checks = 0
  const push = new Push(
    {
      voice: {
        push: (peer, records) =>
          pushed.push(...records.map(({ sealed }) => `${peer} ${new TextDecoder().decode(sealed)}`)),
        tell: () => undefined,
        want: () => undefined,
        say: () => undefined,
      },
      receive: async () => {
        checks++
        return 'new'
      },
      offence: () => undefined,
      missed: () => undefined,
      clock,
      random: () => 0.5,
    },
    tuning,
  )
  for (const peer of [1, 2]) push.opened(idOf(peer))
  const [young, old] = ['young', 'old'].map((text) => new TextEncoder().encode(text))
  expect(push.pulled(young!, 10)).toBe(true)
  expect(push.pulled(old!, 60_000)).toBe(false)
  expect(pushed).toEqual(['1 young', '2 young'])
  const again: Uint8Array[] = []
  push.pushedAgain.subscribe((sealed) => again.push(sealed))
  await push.heard(idOf(1), { r: [old!] })
  expect(pushed.slice(2)).toEqual(['2 old'])
  expect([checks, again.length]).toEqual([0, 1])
})

test('what a neighbour only tells of is asked for, of another when the first does not give it', async () => {
  const clock = new VirtualClock()
  const wanted: string[] = []
  const missed: string[] = []
  const push = new Push(
    {
      voice: { push: () => undefined, tell: () => undefined, want: (peer) => wanted.push(peer), say: () => undefined },
      receive: async () => 'new',
      offence: () => undefined,
      missed: (peer) => missed.push(peer),
      clock,
      random: () => 0.5,
    },
    tuning,
  )
  const { bytes } = recordIdOf(new TextEncoder().encode('x'))
  for (const peer of [1, 2]) {
    push.opened(idOf(peer))
    await push.heard(idOf(peer), { h: [bytes] })
  }
  await clock.advance(10_000)
  expect(wanted).toEqual(['1', '2', '1'])
  expect(missed).toEqual(['2'])
})
