import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { align, appendReadings, extent, gapLimitMs, gaps, type Point, quotient, trendStart } from './series.ts'

const series = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ noNaN: true })), {
    selector: ([atMs]) => atMs,
    maxLength: 40,
  })
  .map((points): Point[] => points.toSorted(([a], [b]) => a - b))

describe('aligned series', () => {
  test('keep every value at its time, and only those', () => {
    fc.assert(
      fc.property(series, series, fc.integer({ min: 1, max: 50_000 }), (a, b, gapMs) => {
        const { timesMs, values } = align([a, b], gapMs)
        for (const [index, points] of [a, b].entries()) {
          const kept = timesMs.flatMap((atMs, at): Point[] => {
            const value = values[index]?.[at] ?? null
            return value === null ? [] : [[atMs, value]]
          })
          expect(kept).toEqual(points)
        }
      }),
    )
  })

  test('have rising times', () => {
    fc.assert(
      fc.property(series, series, (a, b) => {
        const { timesMs } = align([a, b], 1000)
        expect(timesMs.every((atMs, index) => index === 0 || atMs > (timesMs[index - 1] ?? Infinity))).toBe(true)
      }),
    )
  })

  test('break over a silence and only there', () => {
    const { timesMs, values } = align(
      [
        [
          [0, 1],
          [1000, 2],
          [9000, 3],
        ],
      ],
      2000,
    )
    expect(timesMs).toEqual([0, 1000, 5000, 9000])
    expect(values).toEqual([[1, 2, null, 3]])
  })
})

test('silences are found inside the range and at its edges', () => {
  const data = align(
    [
      [
        [5000, 1],
        [6000, 2],
        [20_000, 3],
      ],
    ],
    3000,
  )
  expect(gaps(data, 3000, 0, 30_000)).toEqual([
    [0, 5000],
    [6000, 20_000],
    [20_000, 30_000],
  ])
  expect(gaps(data, 60_000, 0, 30_000)).toEqual([])
})

test('a node that speaks slower than the history is stored has no gaps', () => {
  expect(gapLimitMs(3, 30_000)).toBe(75_000)
  expect(gapLimitMs(288, 5000)).toBe(720_000)
  expect(gapLimitMs(1, undefined)).toBe(5000)
})

describe('live values', () => {
  const history = new Map([
    [
      'load1',
      [
        [1000, 1],
        [2000, 2],
      ] as Point[],
    ],
  ] as const)

  test('are added at the end, and old ones fall off', () => {
    expect(appendReadings(history, 3000, { load1: 3 }, 1500).get('load1')).toEqual([
      [2000, 2],
      [3000, 3],
    ])
  })

  test('are not added twice', () => {
    expect(appendReadings(history, 2000, { load1: 9 }, 0).get('load1')).toEqual([
      [1000, 1],
      [2000, 2],
    ])
  })

  test('begin a series that was not there', () => {
    expect(appendReadings(history, 3000, { fanRpm: 900 }, 0).get('fanRpm')).toEqual([[3000, 900]])
  })
})

test('a quotient is taken where both are known and the divisor is not zero', () => {
  expect(
    quotient(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      [
        [1, 4],
        [3, 0],
      ],
    ),
  ).toEqual([[1, 0.5]])
})

test('an extent of nothing is nothing', () => {
  expect(extent([])).toBeUndefined()
  expect(
    extent([
      [1, 5],
      [2, -3],
      [3, 1],
    ]),
  ).toEqual({ min: -3, max: 5, last: 1 })
})

test('a trend fills its width with what there is, but never blows up seconds', () => {
  const hour = 3_600_000
  expect(trendStart([[0, 1]], 10 * hour, hour)).toBe(9 * hour)
  expect(trendStart([[hour, 1]], hour + 600_000, hour)).toBe(hour)
  expect(trendStart([[hour, 1]], hour + 5000, hour)).toBe(hour + 5000 - 120_000)
  expect(trendStart([], hour, hour)).toBe(hour - 120_000)
})
