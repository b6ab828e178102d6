import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cancel } from '../clock.ts'
import { VirtualClock } from './virtual-clock.ts'

test('timers run in order of time, then of scheduling, but for those that were cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200 }), async (timers) => {
      const clock = new VirtualClock()
      const ran: Array<[atMs: number, index: number]> = []
      const cancels = timers.map(([delayMs], index): Cancel => {
        return clock.schedule(delayMs, () => ran.push([clock.monotonicMs(), index]))
      })
      for (const [index, [, cancelled]] of timers.entries()) if (cancelled) cancels[index]?.()
      const expected = timers
        .flatMap(([atMs, cancelled], index): Array<[number, number]> => (cancelled ? [] : [[atMs, index]]))
        .toSorted(([a, i], [b, j]) => a - b || i - j)
      expect(clock.pending).toBe(expected.length)
      await clock.advance(50)
      expect(ran).toEqual(expected)
      expect(clock.pending).toBe(0)
    }),
  )
})

test('chains of promises end before the next timer runs', async () => {
  const clock = new VirtualClock()
  const log: string[] = []
  clock.schedule(1, () => {
    void (async () => {
      for (let step = 0; step < 1000; step++) await Promise.resolve()
      log.push('chain')
      clock.schedule(0, () => log.push('what the chain scheduled'))
    })()
  })
  clock.schedule(1.5, () => log.push('next'))
  await clock.advance(2)
  expect(log).toEqual(['chain', 'what the chain scheduled', 'next'])
})

test('thousands of timers that are cancelled and scheduled anew do not pile up', async () => {
  const clock = new VirtualClock()
  let runs = 0
  let cancel: Cancel = () => undefined
  for (let n = 0; n < 100_000; n++) {
    cancel()
    cancel = clock.schedule(1000, () => runs++)
  }
  // Cancelling twice, or what has run, changes nothing.
  expect(clock.pending).toBe(1)
  await clock.advance(1000)
  cancel()
  cancel()
  expect([runs, clock.pending]).toEqual([1, 0])
})

test('the wall clock can be set without moving time', async () => {
  const clock = new VirtualClock(1000)
  await clock.advance(500)
  clock.setWall(0)
  await clock.advance(10)
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([510, 10])
})
