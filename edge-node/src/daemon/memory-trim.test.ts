import { VirtualClock } from '@wrale/kernel/testing'
import { expect, it } from 'vitest'
import { collectGarbage, MemoryTrim } from './memory-trim.ts'

it('collects after the start, then ever more rarely, and no more once stopped', async () => {
  const clock = new VirtualClock()
  let collected = 0
  const trim = new MemoryTrim({ clock, collect: () => void collected++ }, { firstMs: 10, everyMs: 100 })
  await trim.start()
  await trim.start()
  const counts: number[] = []
  for (const ms of [10, 20, 40, 80, 100, 100]) {
    await clock.advance(ms - 1)
    counts.push(collected)
    await clock.advance(1)
    counts.push(collected)
  }
  expect(counts).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6])
  await trim.stop()
  await trim.stop()
  await clock.advance(1000)
  expect(collected).toBe(6)
})

it('really collects, and leaves no collector behind for others to call', async () => {
  const kept = new WeakRef({ some: 'thing' })
  // What a WeakRef gave or was made with lives at least until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(kept.deref()).toBeUndefined()
  expect(globalThis.gc).toBeUndefined()
})
