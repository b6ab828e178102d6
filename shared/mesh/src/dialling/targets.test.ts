import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, test } from 'vitest'
import { type Target, type TargetKind, Targets } from './targets.ts'

function setup(max = 4): {
  clock: VirtualClock
  targets: Targets
  add: (kind: TargetKind, key: string, delayMs?: number) => Target | undefined
} {
  const clock = new VirtualClock()
  const targets = new Targets(clock, max)
  const add = (kind: TargetKind, key: string, delayMs = 0): Target | undefined => {
    targets.add(kind, key, { addresses: [`/ip4/10.0.0.1/tcp/${key.length}`], delayMs })
    return targets.get(key)
  }
  return { clock, targets, add }
}

describe('a target that does not answer', () => {
  test('is tried again after a wait that grows, but not for ever when it was only found', () => {
    const { clock, targets, add } = setup()
    const found = add('found', 'x')!
    const waits = Array.from({ length: 4 }, () => {
      targets.failed(found)
      return found.dueMs - clock.monotonicMs()
    })
    expect(waits[3]).toBeGreaterThan(waits[0] ?? 0)
    targets.failed(found)
    expect(targets.get('x')).toBeUndefined()
  })

  test('is tried every few seconds when it was a member a moment ago, and rarely when it has long been gone', async () => {
    const { clock, targets, add } = setup()
    const member = add('member', 'x')!
    for (let n = 0; n < 20; n++) targets.failed(member)
    expect(member.dueMs - clock.monotonicMs()).toBeLessThanOrEqual(4000)
    await clock.advance(301_000)
    targets.failed(member)
    expect(member.dueMs - clock.monotonicMs()).toBeGreaterThan(20_000)
    expect(targets.get('x')).toBe(member)
  })

  test('is tried soon when the network is back', () => {
    const { clock, targets, add } = setup()
    const fixed = add('static', 'x')!
    for (let n = 0; n < 20; n++) targets.failed(fixed)
    targets.retryAll()
    expect(fixed.dueMs - clock.monotonicMs()).toBeLessThanOrEqual(1000)
    expect(fixed.attempts).toBe(0)
  })
})

test('hearing of a target again makes it due, but not while it is being dialled', () => {
  const { clock, targets, add } = setup()
  const found = add('found', 'x')!
  targets.failed(found)
  add('found', 'x')
  expect(found.dueMs).toBe(clock.monotonicMs())
  targets.failed(found)
  const { dueMs } = found
  found.dialling = true
  add('found', 'x')
  expect(found.dueMs).toBe(dueMs)
})

test('what was heard of while it was being dialled is dialled again at once, once', () => {
  const { clock, targets, add } = setup()
  const found = add('found', 'x')!
  found.dialling = true
  add('found', 'x')
  targets.failed(found)
  expect(found).toMatchObject({ dueMs: clock.monotonicMs(), attempts: 0 })
  targets.failed(found)
  expect(found.dueMs).toBeGreaterThan(clock.monotonicMs())
})

test('a lost member that is found again stays a member', () => {
  const { add } = setup()
  add('member', 'x')
  expect(add('found', 'x')?.kind).toBe('member')
})

test('room is made at the cost of those who matter less', () => {
  const { targets, add } = setup(2)
  add('found', 'f')
  add('member', 'm')
  add('static', 's')
  expect(targets.all().map(({ key }) => key)).toEqual(['m', 's'])
  add('found', 'g')
  expect(targets.get('g')).toBeUndefined()
  add('static', 't')
  expect(targets.all().map(({ key }) => key)).toEqual(['s', 't'])
})
