import { VirtualClock } from '@wrale/kernel/testing'
import { expect, it } from 'vitest'
import { collectGarbage, MemoryTrim } from './memory-trim.ts'

it('collects after the start, then rarely, and no more once stopped', async () => {
  const clock = new VirtualClock()
  let collected = 0
  const trim = new MemoryTrim({ clock, collect: () => void collected++ }, { firstMs: 10, everyMs: 100 })
  await trim.start()
  await trim.start()
  await clock.advance(50)
  expect(collected).toBe(1)
  await clock.advance(200)
  expect(collected).toBe(3)
  await trim.stop()
  await trim.stop()
  await clock.advance(1000)
  expect(collected).toBe(3)
})

it('really collects, and leaves no collector behind for others to call', async () => {
  const kept = new WeakRef({ some: 'thing' })
  // What a WeakRef gave or was made with lives at least until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(kept.deref()).toBeUndefined()
  expect(globalThis.gc).toBeUndefined()
})
