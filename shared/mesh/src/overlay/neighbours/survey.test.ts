import { expect, test } from 'vitest'
import { seededRandom } from '../../transport/memory/seeded-random.ts'
import type { PeerIdText } from '@wrale/protocol'
import type { Contact } from '../../types.ts'
import { survey, type SurveyQuestion } from './survey.ts'

function contact(id: string, parts: Partial<Contact> = {}): Contact {
  return { id: id as PeerIdText, role: 'node', addresses: [`/at/${id}`], heardAtMs: 999_000, revoked: false, ...parts }
}

const question: SurveyQuestion = {
  nowMs: 1_000_000,
  sinceMs: 0,
  isLinked: (peer) => peer === 'linked',
  lostAtMs: () => undefined,
  wanted: 2,
  random: seededRandom(1),
}

test('tells those who are well from those out of contact and those put out', () => {
  const found = survey(
    [
      contact('linked'),
      contact('well'),
      contact('silent', { heardAtMs: 900_000 }),
      contact('never', { heardAtMs: undefined }),
      contact('nowhere', { addresses: [] }),
      contact('out', { revoked: true }),
    ],
    question,
  )
  expect(found.members).toBe(5)
  expect([...found.revoked]).toEqual(['out'])
  expect(found.sample.map(({ id }) => id)).toEqual(['well'])
  expect(found.strays.map(({ id }) => id)).toEqual(['silent', 'never'])
  expect([...found.inContact]).toEqual(['well', 'nowhere'])
})

test('who was lost is out of contact until it is heard through others', () => {
  const lostAtMs = (): number => 998_000
  const [before, after] = [998_900, 999_900].map((heardAtMs) =>
    survey([contact('x', { heardAtMs })], { ...question, lostAtMs }),
  )
  expect(before?.strays).toHaveLength(1)
  expect(after?.strays).toHaveLength(0)
})

test('a member that has just started takes nobody for missing', () => {
  const found = survey([contact('x', { heardAtMs: undefined })], { ...question, sinceMs: 995_000 })
  expect(found.strays).toEqual([])
  expect(found.sample).toHaveLength(1)
})

test('the sample is drawn evenly', () => {
  const contacts = Array.from({ length: 20 }, (_, index) => contact(`m${index}`))
  const drawn = new Map<string, number>()
  for (let round = 0; round < 2000; round++)
    for (const { id } of survey(contacts, question).sample) drawn.set(id, (drawn.get(id) ?? 0) + 1)
  expect(drawn.size).toBe(20)
  for (const times of drawn.values()) {
    expect(times).toBeGreaterThan(130)
    expect(times).toBeLessThan(280)
  }
})
