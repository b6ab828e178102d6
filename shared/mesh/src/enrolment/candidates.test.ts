import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { Candidates } from './candidates.ts'

const never = new AbortController().signal

test('gives the one that is due first, and waits for it', async () => {
  const clock = new VirtualClock()
  const candidates = new Candidates(clock, (attempt) => 1000 * (attempt + 1))
  candidates.add('a', ['x'])
  const first = await candidates.next(never)
  expect(first).toMatchObject({ key: 'a', addresses: ['x'] })
  candidates.failed(first!)
  const again = candidates.next(never)
  candidates.add('a', ['y'])
  await clock.advance(999)
  candidates.add('b', ['z'])
  expect(await again).toMatchObject({ key: 'b' })
  candidates.exclude((await candidates.next(never))!)
  await clock.advance(1)
  expect(await candidates.next(never)).toMatchObject({ key: 'a', addresses: ['y'] })
})

test('gives none when time is up, or the attempt is given up', async () => {
  const clock = new VirtualClock()
  const candidates = new Candidates(clock, () => 0)
  const limited = candidates.next(never, 500)
  await clock.advance(500)
  expect(await limited).toBeUndefined()
  const controller = new AbortController()
  const aborted = candidates.next(controller.signal)
  controller.abort()
  expect(await aborted).toBeUndefined()
})

test('knows whether anyone remains, and keeps a bounded number', async () => {
  const candidates = new Candidates(new VirtualClock(), () => 0)
  expect(candidates.remain).toBe(false)
  for (let n = 0; n < 100; n++) candidates.add(`c${n}`, [])
  for (let n = 0; n < 32; n++) candidates.exclude((await candidates.next(never))!)
  expect(candidates.remain).toBe(false)
})
