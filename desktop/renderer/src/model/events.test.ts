import type { EventView } from '@wrale/protocol/api'
import { expect, test } from 'vitest'
import { eventCount, eventFacts, formatEventsQuery, newerThan, parseEventsQuery } from './events.ts'
import { idOf, secondsAgo } from './testing/nodes.ts'

const event = (seq: number, data: EventView['data'] = {}): EventView => ({
  id: `${idOf(1)}/${seq}`,
  at: secondsAgo(100 - seq),
  author: { id: idOf(1), name: 'node-1' },
  name: 'security.hello-refused',
  severity: 'warning',
  message: 'm',
  data,
})

test('a fresh first page gives what is new, and says when rows between are missing', () => {
  const shown = [event(3), event(2), event(1)]
  expect(newerThan(shown, [event(5), event(4), event(3)])).toEqual({ items: [event(5), event(4)], hole: false })
  expect(newerThan(shown, [event(9), event(8)]).hole).toBe(true)
  expect(newerThan(shown, [])).toEqual({ items: [], hole: false })
  expect(newerThan([], [event(1)]).hole).toBe(false)
})

test('what an event carries is written for people', () => {
  expect(eventFacts(event(1, { remoteAddress: '10.0.0.7', addresses: ['a', 'b'], windowSeconds: 60 }))).toEqual([
    { label: 'remote address', text: '10.0.0.7' },
    { label: 'addresses', text: 'a, b' },
    { label: 'window seconds', text: '60' },
  ])
})

test('an event that stands for many says for how many', () => {
  expect(eventCount(event(1, { count: 14 }))).toBe(14)
  expect(eventCount(event(1, { count: 1 }))).toBeUndefined()
  expect(eventCount(event(1))).toBeUndefined()
})

test('the address gives back what was put in', () => {
  const query = { severity: 'critical', name: 'security.', member: idOf(2) } as const
  expect(parseEventsQuery(formatEventsQuery(query))).toEqual(query)
  expect(formatEventsQuery(parseEventsQuery('?severity=loud'))).toBe('')
})
