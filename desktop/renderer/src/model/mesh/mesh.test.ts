import { describe, expect, test } from 'vitest'
import { linkBetween, memberOf, meshViewOf } from '../testing/mesh.ts'
import { meshOf, partsOf } from './mesh.ts'
import { meshSentence } from './sentence.ts'

const kindOf = (change: Parameters<typeof linkBetween>[2]) =>
  meshOf(meshViewOf([memberOf(1), memberOf(2)], [linkBetween(1, 2, change)])).links[0]?.kind

describe('a link', () => {
  test('is called by the worst that is true of it', () => {
    expect(kindOf({})).toBe('quick')
    expect(kindOf({ rttMsFromA: 30, rttMsFromB: 30 })).toBe('slow')
    expect(kindOf({ rttMsFromA: 300, rttMsFromB: 300 })).toBe('far')
    expect(kindOf({ rttMsFromA: 300, rttMsFromB: 300, lossRatio: 0.2 })).toBe('lossy')
    expect(kindOf({ lossRatio: 0.2, oneSided: true })).toBe('oneSided')
  })

  test('takes the mean of what both sides measured, or what one did', () => {
    const [link] = meshOf(
      meshViewOf([memberOf(1), memberOf(2)], [linkBetween(1, 2, { rttMsFromA: 2, rttMsFromB: 4 })]),
    ).links
    expect(link?.rttMs).toBe(3)
    const half = { ...linkBetween(1, 2), rttMsFromA: 2 }
    delete half.rttMsFromB
    expect(meshOf(meshViewOf([memberOf(1), memberOf(2)], [half])).links[0]?.rttMs).toBe(2)
  })

  test('between two who are both silent says nothing of now', () => {
    const lost = { state: 'lost' } as const
    const both = meshOf(meshViewOf([memberOf(1, lost), memberOf(2, lost)], [linkBetween(1, 2)]))
    expect(both.links[0]?.kind).toBe('silent')
    const one = meshOf(meshViewOf([memberOf(1, lost), memberOf(2)], [linkBetween(1, 2)]))
    expect(one.links[0]?.kind).toBe('quick')
  })

  test('to somebody who is not in the list is left out', () => {
    expect(meshOf(meshViewOf([memberOf(1)], [linkBetween(1, 2)])).links).toEqual([])
  })
})

test('stations stand first, then nodes, each by name', () => {
  const mesh = meshOf(meshViewOf([memberOf(10), memberOf(9), memberOf(901), memberOf(900)], []))
  expect(mesh.members.map(({ name }) => name)).toEqual(['office-1', 'office-2', 'node-9', 'node-10'])
})

test('parts are those that reach each other, over any number of links', () => {
  const members = [1, 2, 3, 4, 5, 6].map((index) => memberOf(index))
  const parts = partsOf(meshOf(meshViewOf(members, [linkBetween(1, 2), linkBetween(2, 3), linkBetween(4, 5)])))
  expect(parts.map((part) => part.map(({ name }) => name))).toEqual([
    ['node-1', 'node-2', 'node-3'],
    ['node-4', 'node-5'],
    ['node-6'],
  ])
})

describe('the sentence', () => {
  const all = [900, 1, 2].map((index) => memberOf(index))
  const say = (members: typeof all, links: ReturnType<typeof linkBetween>[]) =>
    meshSentence(meshOf(meshViewOf(members, links)))

  test('says that all are linked, and what is slowest', () => {
    const links = [linkBetween(900, 1), linkBetween(1, 2, { rttMsFromA: 41, rttMsFromB: 41 })]
    expect(say(all, links)).toBe('All 3 members are linked; slowest round trip node-1 ↔ node-2 41\u202fms.')
  })

  test('names who has no link', () => {
    expect(say(all, [linkBetween(900, 1)])).toBe(
      '2 of 3 members are linked; node-2 has no link; slowest round trip node-1 ↔ office-1 1.0\u202fms.',
    )
  })

  test('tells a split mesh from single members without links', () => {
    const members = [900, 901, 1, 2, 3].map((index) => memberOf(index))
    expect(say(members, [linkBetween(900, 1), linkBetween(901, 2)])).toMatch(
      /^The mesh is in 2 parts, of 2 and 2 members, that do not see each other; node-3 has no link/,
    )
  })

  test('names the link that loses most', () => {
    const links = [linkBetween(900, 1, { lossRatio: 0.06 }), linkBetween(1, 2, { lossRatio: 0.2 })]
    expect(say(all, links)).toContain('2 links lose, most of all node-1 ↔ node-2 (20\u202f%)')
  })

  test('has words for a station alone, and for nobody linked', () => {
    expect(say([memberOf(900)], [])).toMatch(/^This station is the only member/)
    expect(say(all, [])).toBe('None of the 3 members has a link.')
  })

  test('does not count what two silent members said', () => {
    const lost = [memberOf(900), memberOf(1, { state: 'lost' }), memberOf(2, { state: 'lost' })]
    expect(say(lost, [linkBetween(1, 2, { lossRatio: 1 })])).toBe('None of the 3 members has a link.')
  })
})
