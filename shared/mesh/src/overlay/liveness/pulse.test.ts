import { expect, test } from 'vitest'
import { Pulse } from './pulse.ts'

test('is asked some time after a promise was not kept, and ends when the ping is not answered', () => {
  const pulse = new Pulse(0, 2400)
  expect(pulse.due).toEqual({ atMs: 3000, action: 'ask' })
  pulse.pinged(1, 3000, 2000)
  expect(pulse.due).toEqual({ atMs: 5000, action: 'end' })
})

test('whatever is heard shows life', () => {
  const pulse = new Pulse(0, 2400)
  pulse.pinged(1, 3000, 2000)
  pulse.heard(4000)
  expect(pulse.due).toEqual({ atMs: 7000, action: 'ask' })
})

test('a long promise is waited for, and little more', () => {
  const pulse = new Pulse(0, 2400)
  pulse.promised(20_000)
  expect(pulse.due.atMs).toBe(23_000)
})

test('time in which this member itself stood still does not count', () => {
  const pulse = new Pulse(0, 2400)
  pulse.pinged(1, 3000, 2000)
  pulse.excuse(4000)
  expect(pulse.due.atMs).toBe(9000)
})

test('the median round trip is told, late answers and broken promises are the loss', () => {
  const pulse = new Pulse(0, 2400)
  expect(pulse.lossRatio).toBeUndefined()
  pulse.sampled(1, 100)
  pulse.answered(1, 110)
  expect(pulse.rttMs).toBe(10)
  pulse.sampled(2, 200)
  pulse.answered(1, 210)
  expect(pulse.rttMs).toBe(10)
  pulse.answered(2, 420)
  expect(pulse.rttMs).toBe(10)
  expect(pulse.lossRatio).toBe(0.5)
  pulse.heard(500)
  pulse.heard(5000)
  expect(pulse.lossRatio).toBe(0.5)
  for (let n = 0; n < 30; n++) pulse.heard(5000)
  expect(pulse.lossRatio).toBe(0)
})
