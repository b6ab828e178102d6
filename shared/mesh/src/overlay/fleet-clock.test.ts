import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FleetClock } from './fleet-clock.ts'

const now = Date.UTC(2026, 5, 1)
const peer = (name: string): PeerIdText => name as PeerIdText

test('a machine that boots in 1970 takes the time of its peers, at once', async () => {
  const clock = new VirtualClock(0)
  const fleet = new FleetClock(clock, now - 1_000_000)
  expect(fleet.isKnown).toBe(false)
  expect(fleet.ownErrorMs).toBeUndefined()
  await clock.advance(5000)
  expect(fleet.wallMs()).toBe(now - 1_000_000 + 5000)
  fleet.observe(peer('a'), now)
  expect(fleet.wallMs()).toBe(now)
  await clock.advance(60_000)
  expect(fleet.wallMs()).toBe(now + 60_000)
  expect(fleet.ownErrorMs).toBe(5000 - now)
})

test('a clock that shows what is past for certain has no say', () => {
  const clock = new VirtualClock(now)
  const fleet = new FleetClock(clock, now - 1000)
  for (const name of ['a', 'b', 'c']) fleet.observe(peer(name), 0)
  expect(fleet.wallMs()).toBe(now)
})

test('outliers do not win: the estimate lies between the clocks of an honest majority', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 3, maxLength: 20 }),
      fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 20 }),
      (honest, wrong) => {
        const clock = new VirtualClock(now)
        const fleet = new FleetClock(clock, now - 10_000)
        // This machine's own clock is one of the honest.
        for (const [index, error] of honest.entries()) fleet.observe(peer(`h${index}`), now + error)
        for (const [index, error] of wrong.slice(0, honest.length - 1).entries())
          fleet.observe(peer(`w${index}`), now + error)
        expect(Math.abs(fleet.wallMs() - now)).toBeLessThanOrEqual(500)
      },
    ),
  )
})

test('never shows a time before its floor, whatever the clocks do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({ floor: fc.integer({ min: 0, max: 2 * now }) }),
          fc.record({ wall: fc.integer({ min: 0, max: 2 * now }), from: fc.integer({ min: 0, max: 5 }) }),
          fc.record({ set: fc.integer({ min: 0, max: 2 * now }) }),
          fc.record({ pass: fc.integer({ min: 0, max: 2_000_000 }) }),
        ),
        { maxLength: 30 },
      ),
      async (steps) => {
        const clock = new VirtualClock(0)
        const fleet = new FleetClock(clock)
        let floorMs = 0
        for (const step of steps) {
          if ('floor' in step) {
            floorMs = Math.max(floorMs, step.floor)
            fleet.raiseFloor(step.floor)
          } else if ('wall' in step) fleet.observe(peer(`p${step.from}`), step.wall)
          else if ('set' in step) clock.setWall(step.set)
          else await clock.advance(step.pass)
          expect(fleet.wallMs()).toBeGreaterThanOrEqual(floorMs)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('later corrections are gradual', async () => {
  const clock = new VirtualClock(now)
  const fleet = new FleetClock(clock)
  fleet.observe(peer('a'), now)
  await clock.advance(60_000)
  expect(fleet.wallMs()).toBe(now + 60_000)
  for (const name of ['a', 'b', 'c']) fleet.observe(peer(name), now + 60_000 + 3000)
  await clock.advance(10_000)
  expect(fleet.wallMs() - clock.wallMs()).toBeCloseTo(1000, 0)
  await clock.advance(30_000)
  expect(fleet.wallMs() - clock.wallMs()).toBeCloseTo(3000, 0)
})
