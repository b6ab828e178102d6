import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('never holds more than it may, and forgets what was set longest ago', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 0, max: 9 })), (max, keys) => {
      const map = new BoundedMap<number, number>(max)
      keys.forEach((key, index) => map.set(key, index))
      const newest = [...new Set(keys.toReversed())].slice(0, max)
      expect(map.size).toBe(newest.length)
      for (const key of newest) expect(map.get(key)).toBe(keys.lastIndexOf(key))
    }),
  )
})

test('forgets what is deleted', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.delete('a')
  expect(map.get('a')).toBeUndefined()
})
