import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { beforeEach, expect, test } from 'vitest'
import { News } from './news.ts'

const a = 'a' as PeerIdText
const b = 'b' as PeerIdText
let clock: VirtualClock
let news: News
let told: PeerIdText[][]

beforeEach(() => {
  clock = new VirtualClock()
  told = []
  news = new News(clock, { waitMs: () => 1000, tell: (sources) => told.push([...sources]) })
})

function record(n: number): Uint8Array {
  return new Uint8Array([n >> 8, n & 0xff])
}

test('what was pulled and is pushed within the time is no news', async () => {
  news.pulled(record(1), a)
  await clock.advance(999)
  news.pushed(record(1))
  await clock.advance(5000)
  expect(told).toEqual([])
})

test('what nobody pushed is told once, with those who have it', async () => {
  news.pulled(record(1), a)
  news.pulled(record(2), b)
  news.pulled(record(3), b)
  news.pushed(record(1))
  await clock.advance(1000)
  expect(told).toEqual([[b]])
  news.pulled(record(4), a)
  await clock.advance(5000)
  expect(told).toEqual([[b], [a]])
})

test('more than can be remembered is told, whatever is pushed', async () => {
  for (let n = 0; n < 1025; n++) news.pulled(record(n), a)
  for (let n = 0; n < 1025; n++) news.pushed(record(n))
  await clock.advance(1000)
  expect(told).toEqual([[a]])
})

test('nothing is told after the stop', async () => {
  news.pulled(record(1), a)
  news.stop()
  await clock.advance(5000)
  expect(told).toEqual([])
})
