import { expect, test } from 'vitest'
import { announcement, stateChanges } from './announce.ts'
import { nodeOf } from './testing/nodes.ts'

const byId = (...nodes: ReturnType<typeof nodeOf>[]) => new Map(nodes.map((node) => [node.id as string, node]))

test('only changed states are changes: not values, not nodes that joined', () => {
  const before = byId(nodeOf(1), nodeOf(2))
  const after = byId(nodeOf(1, { state: 'fail' }), nodeOf(2, { readings: { load1: 1 } }), nodeOf(3))
  expect(stateChanges(before, after).map(({ name, to }) => `${name} ${to}`)).toEqual(['node-1 fail'])
  expect(stateChanges(before, before)).toEqual([])
})

test('a burst is one short message, the worst first', () => {
  const change = (index: number, to: 'ok' | 'warn' | 'fail') => ({
    id: String(index),
    name: `node-${index}`,
    from: 'lost' as const,
    to,
  })
  expect(announcement([change(1, 'ok'), change(2, 'fail'), change(3, 'warn'), change(4, 'ok'), change(5, 'ok')])).toBe(
    'node-2 is fail, node-3 is warn, node-1 is ok, and 2 more changed.',
  )
})

test('what came and went within the burst is not news', () => {
  const there = { id: '1', name: 'node-1', from: 'ok', to: 'stale' } as const
  const back = { id: '1', name: 'node-1', from: 'stale', to: 'ok' } as const
  expect(announcement([there, back])).toBe('')
})
