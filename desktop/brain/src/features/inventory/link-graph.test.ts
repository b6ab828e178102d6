import { VirtualClock } from '@wrale/kernel/testing'
import { type PeerIdText, shortIdOf } from '@wrale/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeMesh } from '../../testing/fake-mesh.ts'
import { FakeRecords } from '../../testing/fake-records.ts'
import { idOf } from '../../testing/ids.ts'
import { LinkGraph } from './link-graph.ts'

const [self, a, b, c, d] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]

describe('LinkGraph', () => {
  let clock: VirtualClock
  let records: FakeRecords
  let mesh: FakeMesh
  let known: PeerIdText[]
  let graph: LinkGraph

  const reached = () => [a, b, c, d].filter((id) => graph.reaches(id))

  beforeEach(async () => {
    clock = new VirtualClock()
    records = new FakeRecords(clock)
    mesh = new FakeMesh()
    known = [self, a, b, c, d]
    const resolve = (short: Uint8Array) => known.find((id) => Buffer.compare(shortIdOf(id), short) === 0)
    graph = new LinkGraph({ self, records, mesh, members: { resolve }, clock })
    await graph.start()
    return () => graph.stop()
  })

  it('reaches members over the links of those that it reaches', () => {
    records.links(a, [b])
    records.links(b, [a, c])
    expect(reached()).toEqual([])
    mesh.link(a, 'a')
    expect(reached()).toEqual([a, b, c])
    records.links(b, [a, d])
    expect(reached()).toEqual([a, b, d])
  })

  it('does not believe members that are gone together and still name each other', async () => {
    mesh.link(a, 'a')
    records.links(a, [b])
    records.links(b, [a, c])
    records.links(c, [b])
    const moved: PeerIdText[][] = []
    graph.reachChanged.subscribe((ids) => moved.push([...ids].toSorted()))
    await clock.advance(500)
    records.links(a, [])
    expect(reached()).toEqual([a])
    expect(moved).toEqual([[b, c].toSorted()])
    expect(graph.leftAtMs(b)).toBe(clock.monotonicMs())
    expect(graph.leftAtMs(a)).toBeUndefined()
  })

  it('takes no claim of a member for a way to that member', () => {
    mesh.link(a, 'a')
    records.links(d, [a, self])
    expect(reached()).toEqual([a])
  })

  it('says which sides of links came and ended', () => {
    const said: string[] = []
    const name = (id: PeerIdText) => ['self', 'a', 'b', 'c', 'd'][[self, a, b, c, d].indexOf(id)]
    graph.linksChanged.subscribe((changes) =>
      said.push(changes.map(({ by, to, measured }) => `${name(by)}${measured ? '+' : '-'}${name(to)}`).join(' ')),
    )
    mesh.link(a, 'a')
    records.links(a, [b, c], { rttMs: 2 })
    records.links(a, [c])
    mesh.unlink(a)
    expect(said).toEqual(['self+a', 'a+b a+c', 'a+c a-b', 'self-a'])
    expect(graph.sides().map(({ by, to }) => [by, to])).toEqual([[a, c]])
  })

  it('finds whom a short id means when the certificate comes later than the word', () => {
    known = [self, a]
    mesh.link(a, 'a')
    records.links(a, [b])
    expect(reached()).toEqual([a])
    known.push(b)
    records.describe(b, { name: 'b' })
    expect(reached()).toEqual([a, b])
  })

  it('begins with what is known already', async () => {
    await graph.stop()
    mesh.link(a, 'a')
    records.links(a, [b])
    await graph.start()
    expect(reached()).toEqual([a, b])
  })
})
