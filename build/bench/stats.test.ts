import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantile, summarise } from './stats.ts'

// Adding 0 makes 0 of -0: as samples they are the same, and sorting leaves them in either order.
const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0)

test('the numbers of a known row', () => {
  expect(summarise([4, 1, 3, 2])).toEqual({ n: 4, min: 1, median: 2.5, p95: expect.closeTo(3.85, 10), max: 4 })
  expect(summarise([7])).toEqual({ n: 1, min: 7, median: 7, p95: 7, max: 7 })
  expect(summarise([])).toBeUndefined()
})

test('a failed measurement does not pass as a sample', () => {
  expect(() => summarise([1, Number.NaN])).toThrow('NaN is no sample')
  expect(() => summarise([Number.POSITIVE_INFINITY])).toThrow(RangeError)
})

test('the order of the samples changes nothing, and the figures are in order', () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), (samples) => {
      const summary = summarise(samples)
      expect(summarise(samples.toReversed())).toEqual(summary)
      expect(summary?.n).toBe(samples.length)
      const { min, median, p95, max } = summary!
      const slack = 1e-6
      expect(min).toBeLessThanOrEqual(median + slack)
      expect(median).toBeLessThanOrEqual(p95 + slack)
      expect(p95).toBeLessThanOrEqual(max + slack)
    }),
  )
})

test('a quantile grows with its share and stays within the row', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), share, share, (samples, a, b) => {
      const sorted = samples.toSorted((x, y) => x - y)
      const [low, high] = [quantile(sorted, Math.min(a, b)), quantile(sorted, Math.max(a, b))]
      expect(low).toBeLessThanOrEqual(high + 1e-6)
      expect(low).toBeGreaterThanOrEqual(sorted[0]! - 1e-6)
      expect(high).toBeLessThanOrEqual(sorted.at(-1)! + 1e-6)
    }),
  )
})
