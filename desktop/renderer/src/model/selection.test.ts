import { expect, test } from 'vitest'
import { rangeBetween, stepFrom, toggled, united } from './selection.ts'

const order = ['a', 'b', 'c', 'd']

test('steps stay inside the list and begin at its edge', () => {
  expect(stepFrom(order, undefined, 1)).toBe('a')
  expect(stepFrom(order, undefined, -1)).toBe('d')
  expect(stepFrom(order, 'd', 1)).toBe('d')
  expect(stepFrom(order, 'b', -1)).toBe('a')
  expect(stepFrom(order, 'gone', 1)).toBe('a')
  expect(stepFrom([], 'a', 1)).toBeUndefined()
})

test('a range holds both ends, in the order of the list, whichever came first', () => {
  expect(rangeBetween(order, 'd', 'b')).toEqual(['b', 'c', 'd'])
  expect(rangeBetween(order, 'b', 'd')).toEqual(['b', 'c', 'd'])
  expect(rangeBetween(order, undefined, 'c')).toEqual(['c'])
  expect(rangeBetween(order, 'gone', 'c')).toEqual(['c'])
})

test('choosing twice is not choosing; ranges add without repeats', () => {
  expect(toggled(['a'], 'a')).toEqual([])
  expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
  expect(united(['a', 'b'], ['b', 'c'])).toEqual(['a', 'b', 'c'])
})
