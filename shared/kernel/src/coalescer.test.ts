import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Coalescer, type CoalescerOptions, type Report } from './coalescer.ts'
import { VirtualClock } from './testing/virtual-clock.ts'

const minute = 60_000

function coalescer(options: CoalescerOptions = {}) {
  const clock = new VirtualClock()
  const told: Array<Report<number> & { readonly atMs: number }> = []
  const notes = new Coalescer<number>(clock, (report) => told.push({ ...report, atMs: clock.monotonicMs() }), options)
  return { clock, told, notes }
}

describe('the coalescer', () => {
  it('tells the first at once, and what repeats as one with its count', async () => {
    const { clock, told, notes } = coalescer()
    for (let number = 1; number <= 5; number++) notes.note('refused', 'a', number)
    expect(told).toEqual([{ kind: 'refused', latest: 1, count: 1, keys: 1, atMs: 0 }])
    await clock.advance(minute)
    expect(told.slice(1)).toEqual([{ kind: 'refused', latest: 5, count: 4, keys: 1, atMs: minute }])
    await clock.advance(10 * minute)
    expect(told).toHaveLength(2)
  })

  it('tells apart keys and kinds', () => {
    const { told, notes } = coalescer()
    notes.note('refused', 'a', 1)
    notes.note('refused', 'b', 2)
    notes.note('rejected', 'a', 3)
    expect(told.map(({ latest }) => latest)).toEqual([1, 2, 3])
  })

  it('sums up a kind that happens under ever new keys', async () => {
    const { clock, told, notes } = coalescer()
    for (let second = 0; second < 3600; second++) {
      notes.note('refused', `key ${second}`, second)
      await clock.advance(1000)
    }
    expect(told.length).toBeLessThanOrEqual(7)
    notes.note('rejected', 'a', 0)
    expect(told.at(-1)).toMatchObject({ kind: 'rejected' })
    await clock.advance(2 * 60 * minute)
    expect(told.filter(({ kind }) => kind === 'refused').reduce((sum, { count }) => sum + count, 0)).toBe(3600)
  })

  it('tells of everything in the end, never more often than it may, and holds few things', async () => {
    const happening = fc.record({
      kind: fc.constantFrom('x', 'y'),
      key: fc.integer({ min: 0, max: 30 }).map(String),
      afterMs: fc.integer({ min: 0, max: 5 * minute }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (happenings) => {
        const { clock, told, notes } = coalescer({ perKind: 3, perKindMs: 20 * minute, maxKeys: 8 })
        for (const [number, { kind, key, afterMs }] of happenings.entries()) {
          await clock.advance(afterMs)
          notes.note(kind, key, number)
        }
        await clock.advance(200 * minute)
        expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(happenings.length)
        for (const kind of ['x', 'y']) {
          const times = told.filter((report) => report.kind === kind).map(({ atMs }) => atMs)
          const apart = times.slice(3).map((at, index) => at - (times[index] ?? 0))
          expect(apart.filter((ms) => ms < 20 * minute)).toEqual([])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('tells nothing after it was stopped', async () => {
    const { clock, told, notes } = coalescer()
    notes.note('refused', 'a', 1)
    notes.note('refused', 'a', 2)
    notes.stop()
    await clock.advance(60 * minute)
    expect(told).toHaveLength(1)
  })
})
