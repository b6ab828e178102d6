import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { Batcher, type BatcherOptions } from './batcher.ts'

function setup(options: Partial<BatcherOptions> = {}): {
  clock: VirtualClock
  batcher: Batcher
  sent: number[][]
  dropped: number[]
} {
  const clock = new VirtualClock()
  const sent: number[][] = []
  const dropped: number[] = []
  const batcher = new Batcher(clock, {
    windowMs: 20,
    maxItems: 3,
    maxBytes: 100,
    maxQueued: 8,
    send: (batch) => sent.push(batch.map(([first]) => first ?? -1)),
    onDropped: (count) => dropped.push(count),
    ...options,
  })
  return { clock, batcher, sent, dropped }
}

function item(n: number, bytes = 10): Uint8Array {
  return new Uint8Array(bytes).fill(n)
}

test('the first goes at once, those that follow go together', async () => {
  const { clock, batcher, sent } = setup()
  for (const n of [1, 2, 3]) batcher.push(item(n))
  expect(sent).toEqual([[1]])
  await clock.advance(20)
  expect(sent).toEqual([[1], [2, 3]])
  await clock.advance(20)
  batcher.push(item(4))
  expect(sent.at(-1)).toEqual([4])
})

test('a batch keeps both limits, and an item that alone is too large goes alone', async () => {
  const { clock, batcher, sent } = setup({ maxQueued: 100 })
  for (const n of [0, 1, 2, 3, 4]) batcher.push(item(n))
  batcher.push(item(5, 60))
  batcher.push(item(6, 60))
  batcher.push(item(7, 200))
  batcher.push(item(8))
  await clock.advance(200)
  expect(sent).toEqual([[0], [1, 2, 3], [4, 5], [6], [7], [8]])
})

test('the oldest are dropped when too many wait, and that is told', async () => {
  const { clock, batcher, sent, dropped } = setup({ maxQueued: 2 })
  for (const n of [0, 1, 2, 3, 4]) batcher.push(item(n))
  await clock.advance(100)
  expect(sent).toEqual([[0], [3, 4]])
  expect(dropped).toEqual([1, 1])
})

test('nothing is sent after the stop', async () => {
  const { clock, batcher, sent } = setup()
  batcher.push(item(1))
  batcher.push(item(2))
  batcher.stop()
  await clock.advance(100)
  expect(sent).toEqual([[1]])
})
