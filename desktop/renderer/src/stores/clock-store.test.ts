import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClockStore, selectNow, selectSkew } from './clock-store.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

test('ages are counted by the station’s clock, however wrong the browser’s is', () => {
  const clock = createClockStore()
  clock.getState().heard(61_000_000)
  expect(selectSkew(clock.getState())).toBe(60_000_000)
  clock.getState().start()
  vi.advanceTimersByTime(3000)
  expect(selectNow(clock.getState())).toBe(61_003_000)
  clock.getState().stop()
})

test('travel time is not taken for a difference of clocks', () => {
  const clock = createClockStore()
  clock.getState().heard(999_400)
  expect(selectSkew(clock.getState())).toBe(0)
})

test('it ticks once a second however often it is started, and not after it stopped', () => {
  const clock = createClockStore()
  clock.getState().start()
  clock.getState().start()
  let ticks = 0
  clock.subscribe(() => (ticks += 1))
  vi.advanceTimersByTime(5000)
  expect(ticks).toBe(5)
  clock.getState().stop()
  expect(vi.getTimerCount()).toBe(0)
})
