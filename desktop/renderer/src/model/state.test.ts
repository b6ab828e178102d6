import { expect, test } from 'vitest'
import { bySeverity, expired, needsAttention, nodeStates } from './state.ts'
import { nodeOf, nowMs, secondsAgo } from './testing/nodes.ts'

test('the worst state comes first', () => {
  const nodes = nodeStates.map((state, index) => nodeOf(index, { state }))
  expect(
    nodes
      .toReversed()
      .toSorted(bySeverity)
      .map(({ state }) => state),
  ).toEqual(['fail', 'lost', 'warn', 'stale', 'unknown', 'ok'])
})

test('a node that has not spoken yet is not a trouble', () => {
  expect(nodeStates.filter((state) => needsAttention({ state, reasons: [] }))).toEqual([
    'fail',
    'lost',
    'warn',
    'stale',
  ])
})

test('a node that nobody can see now is not a trouble of its own', () => {
  const reason = { aspect: 'network', state: 'warn', code: 'station-isolated', message: 'm' } as const
  expect(needsAttention({ state: 'stale', reasons: [reason] })).toBe(false)
  expect(needsAttention({ state: 'lost', reasons: [reason] })).toBe(true)
})

test('without a connection nothing stays green past its deadline', () => {
  const fresh = nodeOf(1, { lastSeen: secondsAgo(4) })
  const late = nodeOf(2, { lastSeen: secondsAgo(20), intervalMs: 5000 })
  const slow = nodeOf(3, { lastSeen: secondsAgo(90), intervalMs: 60_000 })
  const lost = nodeOf(4, { state: 'lost', lastSeen: secondsAgo(900) })
  const changed = expired([fresh, late, slow, lost], nowMs)
  expect(changed.map(({ name, state, stateSince }) => [name, state, stateSince])).toEqual([
    ['node-2', 'stale', secondsAgo(7.5)],
  ])
})
