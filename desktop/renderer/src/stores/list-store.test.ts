import { expect, test } from 'vitest'
import { createListStore, selectMoved, selectOrder, selectWaiting } from './list-store.ts'

const always = (): boolean => true

test('the order follows the fleet while nobody points at it', () => {
  const list = createListStore()
  list.getState().arranged(['a', 'b'], true, always)
  list.getState().arranged(['b', 'a', 'c'], false, always)
  expect(selectOrder(list.getState())).toEqual(['b', 'a', 'c'])
})

test('under the pointer new rows wait and are counted; letting go shows them', () => {
  const list = createListStore()
  list.getState().arranged(['a', 'b'], true, always)
  list.getState().hold(true)
  list.getState().arranged(['c', 'b', 'a', 'd'], false, always)
  expect(selectOrder(list.getState())).toEqual(['a', 'b'])
  expect(selectWaiting(list.getState())).toBe(2)
  list.getState().hold(false)
  expect(selectOrder(list.getState())).toEqual(['c', 'b', 'a', 'd'])
  expect(selectWaiting(list.getState())).toBe(0)
})

test('asking for what waits shows it under the pointer too', () => {
  const list = createListStore()
  list.getState().arranged(['a', 'b'], true, always)
  list.getState().hold(true)
  list.getState().arranged(['b', 'a'], false, always)
  expect(selectMoved(list.getState())).toBe(true)
  list.getState().release()
  expect(selectOrder(list.getState())).toEqual(['b', 'a'])
  expect(selectMoved(list.getState())).toBe(false)
})

test('what the person asks for is shown at once', () => {
  const list = createListStore()
  list.getState().arranged(['a', 'b'], true, always)
  list.getState().hold(true)
  list.getState().arranged(['b'], true, always)
  expect(selectOrder(list.getState())).toEqual(['b'])
})

test('an order that did not change wakes nobody', () => {
  const list = createListStore()
  list.getState().arranged(['a', 'b'], true, always)
  let calls = 0
  list.subscribe(() => (calls += 1))
  list.getState().arranged(['a', 'b'], false, always)
  list.getState().hold(true)
  list.getState().arranged(['a', 'b'], false, always)
  expect(calls).toBe(1)
})
