import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TrustedTime } from './trusted-time.ts'

const day = 86_400_000
const signed = Date.UTC(2026, 0, 1)
const at = (wallMs: number): TrustedTime => new TrustedTime({ wallMs: () => wallMs }, signed)

it.each([
  ['a clock that is a little ahead', signed + 30 * day, signed + 30 * day],
  ['a clock that was never set', 0, signed],
  ['a clock that is behind', signed - day, signed],
  ['a clock that is decades ahead', Date.UTC(2090, 0, 1), signed],
])('judges by what the fleet lived through, and %s', (_what, wallMs, expected) => {
  expect(at(wallMs).nowMs()).toBe(expected)
})

it('goes on with what it learns, and not by leaps', () => {
  const time = at(0)
  time.learn(signed + 300 * day)
  time.learn(signed + 100 * day)
  expect(time.nowMs()).toBe(signed + 300 * day)
  time.learn(signed + 5000 * day)
  expect(time.nowMs()).toBe(signed + 300 * day)
})

it('is never before anything that it learnt and believed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 2 ** 40 }))), (steps) => {
      let wallMs = 0
      let floorMs = signed
      const time = new TrustedTime({ wallMs: () => wallMs }, signed)
      for (const [days, wall] of steps) {
        const learnt = signed + days * day
        time.learn(learnt)
        if (learnt > floorMs && learnt <= floorMs + 400 * day) floorMs = learnt
        wallMs = wall
        expect(time.nowMs()).toBeGreaterThanOrEqual(floorMs)
        expect(time.nowMs()).toBeLessThanOrEqual(floorMs + 400 * day)
      }
    }),
  )
})
