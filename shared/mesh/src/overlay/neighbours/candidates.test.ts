import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, test } from 'vitest'
import { type Candidate, type CandidateKind, Candidates } from './candidates.ts'

function setup(max = 4): {
  clock: VirtualClock
  candidates: Candidates
  add: (kind: CandidateKind, key: string, delayMs?: number) => Candidate | undefined
} {
  const clock = new VirtualClock()
  const candidates = new Candidates(clock, () => 1, max)
  const add = (kind: CandidateKind, key: string, delayMs = 0): Candidate | undefined => {
    candidates.add(kind, key, { addresses: [`/ip4/10.0.0.1/tcp/${key.length}`], delayMs })
    return candidates.get(key)
  }
  return { clock, candidates, add }
}

describe('a candidate that does not answer', () => {
  test.each(['found', 'stray'] as const)('is tried again after a wait that grows, but not for ever: %s', (kind) => {
    const { clock, candidates, add } = setup()
    const one = add(kind, 'x')!
    const waits = Array.from({ length: 4 }, () => {
      candidates.failed(one)
      return one.dueMs - clock.monotonicMs()
    })
    expect(waits[3]).toBeGreaterThan(waits[0] ?? 0)
    candidates.failed(one)
    expect(candidates.get('x')).toBeUndefined()
  })

  test('is tried every few seconds when it was linked a moment ago, and rarely when it has long been gone', async () => {
    const { clock, candidates, add } = setup()
    const lost = add('lost', 'x')!
    for (let n = 0; n < 20; n++) candidates.failed(lost)
    expect(lost.dueMs - clock.monotonicMs()).toBeLessThanOrEqual(4000)
    await clock.advance(301_000)
    candidates.failed(lost)
    expect(lost.dueMs - clock.monotonicMs()).toBeGreaterThan(20_000)
    expect(candidates.get('x')).toBe(lost)
  })

  test('is tried soon when the network is back', () => {
    const { clock, candidates, add } = setup()
    const fixed = add('static', 'x')!
    for (let n = 0; n < 20; n++) candidates.failed(fixed)
    candidates.retryAll()
    expect(fixed.dueMs - clock.monotonicMs()).toBeLessThanOrEqual(1000)
    expect(fixed.attempts).toBe(0)
  })
})

test('hearing of a candidate again makes it due, but not while it is being dialled', () => {
  const { clock, candidates, add } = setup()
  const found = add('found', 'x')!
  candidates.failed(found)
  add('found', 'x')
  expect(found.dueMs).toBe(clock.monotonicMs())
  candidates.failed(found)
  const { dueMs } = found
  found.dialling = true
  add('found', 'x')
  expect(found.dueMs).toBe(dueMs)
})

test('what was heard of while it was being dialled is dialled again at once, once', () => {
  const { clock, candidates, add } = setup()
  const found = add('found', 'x')!
  found.dialling = true
  add('found', 'x')
  candidates.failed(found)
  expect(found).toMatchObject({ dueMs: clock.monotonicMs(), attempts: 0 })
  candidates.failed(found)
  expect(found.dueMs).toBeGreaterThan(clock.monotonicMs())
})

test('a candidate matters as much as the most that was ever heard of it', () => {
  const { add } = setup()
  add('stray', 'x')
  expect(add('found', 'x')?.kind).toBe('stray')
  expect(add('lost', 'x')?.kind).toBe('lost')
})

test('room is made at the cost of those who matter less, and not of one that is being dialled', () => {
  const { candidates, add } = setup(2)
  add('found', 'f')
  add('lost', 'l')
  add('static', 's')
  expect(candidates.all().map(({ key }) => key)).toEqual(['l', 's'])
  expect(add('found', 'g')).toBeUndefined()
  candidates.get('l')!.dialling = true
  add('static', 't')
  expect(candidates.all().map(({ key }) => key)).toEqual(['l', 't'])
})

test('who is linked is no candidate any more, unless it is configured', () => {
  const { candidates, add } = setup()
  add('found', 'x')
  const fixed = add('static', '/ip4/10.0.0.2/tcp/1')!
  fixed.peer = 'x' as never
  fixed.attempts = 3
  candidates.linked('x' as never)
  expect(candidates.all()).toEqual([fixed])
  expect(fixed.attempts).toBe(0)
})
