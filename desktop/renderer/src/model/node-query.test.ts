import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatNodeQuery, minZoomMs, type NodeQuery, parseNodeQuery, ranges } from './node-query.ts'

const latest = Date.parse('2100-01-01T00:00:00Z')
const query: fc.Arbitrary<NodeQuery> = fc.record({
  range: fc.constantFrom(...ranges.map(({ id }) => id)),
  zoom: fc.option(
    fc
      .record({ fromMs: fc.nat(latest), length: fc.integer({ min: minZoomMs, max: 86_400_000 }) })
      .map(({ fromMs, length }) => ({ fromMs, toMs: fromMs + length })),
    { nil: undefined },
  ),
  tables: fc.uniqueArray(fc.constantFrom('temperature', 'cpu', 'network'), { maxLength: 3 }),
})

test('the address of a node page gives back what was put in', () => {
  fc.assert(
    fc.property(query, (value) => {
      expect(parseNodeQuery(formatNodeQuery(value))).toEqual(value)
    }),
  )
})

test('a stretch that ends before it begins, or cannot be read, is no zoom', () => {
  expect(parseNodeQuery('from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z').zoom).toBeUndefined()
  expect(parseNodeQuery('from=yesterday&to=now').zoom).toBeUndefined()
  expect(parseNodeQuery('range=forever').range).toBe('15m')
})
