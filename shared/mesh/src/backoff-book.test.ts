import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { BackoffBook } from './backoff-book.ts'

const backoff = { firstMs: 1000, maxMs: 8000 }

function book(clock: VirtualClock): BackoffBook {
  return new BackoffBook(clock, backoff, { maxEntries: 2, random: () => 1 })
}

test('leaves a key alone for longer each time, up to the longest wait', async () => {
  const clock = new VirtualClock()
  const strangers = book(clock)
  const waits: number[] = []
  for (let round = 0; round < 5; round++) {
    waits.push(strangers.defer('x'))
    expect(strangers.isDeferred('x')).toBe(true)
    await clock.advance(waits.at(-1) ?? 0)
    expect(strangers.isDeferred('x')).toBe(false)
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 8000])
})

test('who behaved for long, or is cleared, starts anew', async () => {
  const clock = new VirtualClock()
  const strangers = book(clock)
  strangers.defer('x')
  strangers.defer('x')
  await clock.advance(2000 + backoff.maxMs + 1)
  expect(strangers.defer('x')).toBe(1000)
  strangers.clear('x')
  expect(strangers.isDeferred('x')).toBe(false)
})

test('forgets the oldest when it is full', () => {
  const strangers = book(new VirtualClock())
  for (const key of ['a', 'b', 'c']) strangers.defer(key)
  expect(['a', 'b', 'c'].map((key) => strangers.isDeferred(key))).toEqual([false, true, true])
})
