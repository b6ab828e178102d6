import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { RateLimiter } from './rate-limiter.ts'

test('lets a burst through, then what the minute allows', async () => {
  const clock = new VirtualClock()
  const limiter = new RateLimiter(clock, { burst: 3, perMinute: 6 })
  const takeAll = (): number => Array.from({ length: 10 }, () => limiter.take('peer')).filter(Boolean).length
  expect(takeAll()).toBe(3)
  await clock.advance(10_000)
  expect(takeAll()).toBe(1)
  await clock.advance(3_600_000)
  expect(takeAll()).toBe(3)
})

test('keeps keys apart, and takes back what was in order', () => {
  const limiter = new RateLimiter(new VirtualClock(), { burst: 1, perMinute: 1 })
  expect([limiter.take('a'), limiter.take('b'), limiter.take('a')]).toEqual([true, true, false])
  limiter.giveBack('a')
  limiter.giveBack('a')
  expect([limiter.take('a'), limiter.take('a')]).toEqual([true, false])
})

test('a key that was forgotten for want of room starts anew', () => {
  const limiter = new RateLimiter(new VirtualClock(), { burst: 1, perMinute: 1 }, 2)
  expect(['a', 'b', 'c', 'a'].map((key) => limiter.take(key))).toEqual([true, true, true, true])
})
