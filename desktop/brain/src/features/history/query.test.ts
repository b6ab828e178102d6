import fc from 'fast-check'
import { maxSeriesPoints } from '@wrale/protocol/api'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { rangeOf, seriesOf } from './query.ts'

const now = Date.UTC(2026, 0, 1)
const time = (ms: number): string => new Date(ms).toISOString()

describe('rangeOf', () => {
  it('takes the last hour in 300 steps when nothing is asked', () => {
    expect(rangeOf({}, now)).toEqual({ fromMs: now - 3_600_000, toMs: now, stepMs: 12_000 })
  })

  it('never answers with more points than a series may have', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 * 86_400_000 }),
        fc.integer({ min: 1, max: 86_400 }),
        (lengthMs, step) => {
          const { fromMs, toMs, stepMs } = rangeOf({ from: time(now - lengthMs), to: time(now), step }, now)
          const points = Math.floor(toMs / stepMs) - Math.floor(fromMs / stepMs) + 1
          expect(points).toBeLessThanOrEqual(maxSeriesPoints)
          expect(stepMs).toBeGreaterThanOrEqual(step * 1000)
        },
      ),
    )
  })

  it('refuses a range that is empty or runs backwards', () => {
    expect(() => rangeOf({ from: time(now), to: time(now) }, now)).toThrow('from must be before to')
  })
})

describe('seriesOf', () => {
  it('takes the mean over what is stored and what is not stored yet, in order of time', () => {
    const stored = [{ startMs: 2000, totals: new Map([['load1' as const, { sum: 4, count: 2 }]]) }]
    const recent = [
      { node: idOf(1), atMs: 2900, readings: { load1: 5 } },
      { node: idOf(1), atMs: 1100, readings: { load1: 7, fanRpm: 900 } },
    ]
    expect(seriesOf(stored, recent, 1000)).toEqual([
      {
        metric: 'load1',
        unit: 'count',
        points: [
          [1000, 7],
          [2000, 3],
        ],
      },
      { metric: 'fanRpm', unit: 'rpm', points: [[1000, 900]] },
    ])
  })
})
