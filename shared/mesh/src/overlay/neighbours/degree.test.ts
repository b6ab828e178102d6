import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../transport/memory/seeded-random.ts'
import type { Candidate, CandidateKind } from './candidates.ts'
import { chooseDials, chooseVictim, fewLinks, wantedLinks } from './degree.ts'

const candidate = fc.record({
  kind: fc.constantFrom<CandidateKind>('static', 'lost', 'stray', 'found'),
  dialling: fc.boolean(),
  dueMs: fc.constantFrom(0, 100),
})

function made(parts: readonly Pick<Candidate, 'kind' | 'dialling' | 'dueMs'>[]): Candidate[] {
  return parts.map((one, index) => ({
    ...one,
    key: `${index}`,
    addresses: [],
    attempts: 0,
    sinceMs: 0,
    heardOf: false,
  }))
}

test('never more dials than bounds allow, and only to who is due and not being dialled', () => {
  fc.assert(
    fc.property(
      fc.array(candidate, { maxLength: 40 }),
      fc.nat(20),
      fc.nat(20),
      fc.nat(),
      (parts, links, wanted, seed) => {
        const all = made(parts)
        const chosen = chooseDials(all, { nowMs: 50, links, wanted, random: seededRandom(seed) })
        const under = all.filter(({ dialling }) => dialling)
        expect(chosen.length).toBeLessThanOrEqual(Math.max(0, 8 - under.length))
        expect(chosen.every(({ dialling, dueMs }) => !dialling && dueMs <= 50)).toBe(true)
        expect(new Set(chosen).size).toBe(chosen.length)
        const found = chosen.filter(({ kind }) => kind === 'found').length
        expect(found).toBeLessThanOrEqual(Math.max(0, Math.ceil((wanted - links) / 2)))
        const strays = chosen.filter(({ kind }) => kind === 'lost' || kind === 'stray').length
        expect(strays).toBeLessThanOrEqual(links >= wanted ? 3 : 8)
      },
    ),
  )
})

test('who is configured is dialled whatever the number of links', () => {
  const [fixed, found] = made([
    { kind: 'static', dialling: false, dueMs: 0 },
    { kind: 'found', dialling: false, dueMs: 0 },
  ])
  expect(chooseDials([fixed!, found!], { nowMs: 1, links: 9, wanted: 8, random: () => 0 })).toEqual([fixed])
})

test('members that dial by this choice form one whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), (members, seed) => {
      const random = seededRandom(seed)
      const links = Array.from({ length: members }, () => new Set<number>())
      const wanted = wantedLinks(members, { wantedLinks: 8, acceptedLinks: 16, smallFleet: 12 })
      for (let round = 0; round < 8; round++) {
        for (let self = 0; self < members; self++) {
          const others = [...links.keys()].filter((other) => other !== self && links[self]?.has(other) === false)
          const open = made(others.map(() => ({ kind: 'found', dialling: false, dueMs: 0 })))
          for (const { key } of chooseDials(open, { nowMs: 1, links: links[self]?.size ?? 0, wanted, random })) {
            const other = others[Number(key)] ?? 0
            links[self]?.add(other)
            links[other]?.add(self)
          }
        }
      }
      const reached = new Set([0])
      for (const one of reached) for (const next of links[one] ?? []) reached.add(next)
      expect(reached.size).toBe(members)
      expect(members > 12 || links.every(({ size }) => size === members - 1)).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('the peer with the most links is given up; never one with few, and never one that is needed', () => {
  const id = (text: string): never => text as never
  expect(
    chooseVictim([
      { id: id('needed'), links: 90, expendable: false },
      { id: id('rich'), links: 20, expendable: true },
      { id: id('less'), links: 12, expendable: true },
    ]),
  ).toBe('rich')
  expect(
    chooseVictim([
      { id: id('poor'), links: fewLinks, expendable: true },
      { id: id('silent'), links: undefined, expendable: true },
    ]),
  ).toBeUndefined()
})
