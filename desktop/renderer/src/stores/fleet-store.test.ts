import type { Node as FleetNode } from '@wrale/protocol/api'
import { expect, test } from 'vitest'
import { fleetOf, idOf, nodeOf, nowMs, secondsAgo } from '../model/testing/nodes.ts'
import { createFleetStore, selectFleet, selectHeardAt, selectNode, selectNodes } from './fleet-store.ts'

const snapshot = (nodes: FleetNode[]) => ({
  type: 'snapshot' as const,
  at: secondsAgo(0),
  fleet: fleetOf(nodes),
  nodes,
})
const changed = (nodes: FleetNode[], removed: FleetNode['id'][] = []) => ({
  type: 'changed' as const,
  at: secondsAgo(0),
  fleet: fleetOf(nodes),
  nodes,
  removed,
})

test('a snapshot replaces what was known, and nodes that say the same keep their identity', () => {
  const store = createFleetStore()
  store.getState().apply(snapshot([nodeOf(1), nodeOf(2), nodeOf(3)]))
  const first = selectNode(idOf(1))(store.getState())
  store.getState().apply(snapshot([nodeOf(1), nodeOf(2, { state: 'warn' })]))
  expect(selectNode(idOf(1))(store.getState())).toBe(first)
  expect(selectNode(idOf(2))(store.getState())?.state).toBe('warn')
  expect(selectNode(idOf(3))(store.getState())).toBeUndefined()
})

test('a change touches only what it names', () => {
  const store = createFleetStore()
  store.getState().apply(snapshot([nodeOf(1), nodeOf(2)]))
  const untouched = selectNode(idOf(1))(store.getState())
  store.getState().apply(changed([nodeOf(3)], [idOf(2)]))
  expect([...selectNodes(store.getState()).keys()]).toEqual([idOf(1), idOf(3)])
  expect(selectNode(idOf(1))(store.getState())).toBe(untouched)
})

test('a change without nodes wakes nobody who looks at nodes', () => {
  const store = createFleetStore()
  store.getState().apply(snapshot([nodeOf(1)]))
  const before = selectNodes(store.getState())
  store.getState().apply(changed([]))
  expect(selectNodes(store.getState())).toBe(before)
  expect(selectHeardAt(store.getState())).toBe(nowMs)
})

test('nodes past their deadline turn stale when nobody tells of them, once', () => {
  const store = createFleetStore()
  store.getState().apply(snapshot([nodeOf(1, { lastSeen: secondsAgo(60) })]))
  store.getState().expire(nowMs)
  const after = selectNodes(store.getState())
  expect(after.get(idOf(1))?.state).toBe('stale')
  store.getState().expire(nowMs + 1000)
  expect(selectNodes(store.getState())).toBe(after)
})

test('signing out forgets the fleet', () => {
  const store = createFleetStore()
  store.getState().apply(snapshot([nodeOf(1)]))
  store.getState().forget()
  expect(selectNodes(store.getState()).size).toBe(0)
  expect(selectFleet(store.getState())).toBeUndefined()
})
