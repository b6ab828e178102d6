import type { PeerIdText } from '@wrale/protocol'
import { VirtualClock } from '@wrale/kernel/testing'
import { memberObject } from '@wrale/protocol/membership'
import type { EventBody } from '@wrale/protocol/records'
import { pull, TestFleet } from '@wrale/replica/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventLog } from './event-log.ts'

const event = (name: string, more: Partial<EventBody> = {}): EventBody => ({
  name,
  severity: 'info',
  message: name,
  ...more,
})

async function station() {
  const fleet = await TestFleet.create()
  const clock = new VirtualClock()
  const node = await fleet.member('roof-1', { clock })
  const own = await fleet.member('desk', { role: 'station', clock })
  const log = new EventLog({ records: own.replica, nameOf: (id) => (id === own.identity.id ? 'desk' : 'roof-1') })
  await log.start()
  return { fleet, clock, node, own, log, nodeId: node.identity.id }
}

const names = (log: EventLog, query: Partial<Parameters<EventLog['list']>[0]> = {}): string[] =>
  log.list({ limit: 500, ...query }).items.map(({ name }) => name)

describe('the event log', () => {
  it('lists what every member recorded, the newest first, with who and when', async () => {
    const { log, clock, node, own, nodeId } = await station()
    await node.replica.write('event', event('b.first'))
    await clock.advance(1000)
    await log.write(event('a.second', { severity: 'warning', data: { about: nodeId } }))
    await pull(own, node)
    const { items } = log.list({ limit: 10 })
    expect(items.map(({ name, author, at }) => [name, author.name, at])).toEqual([
      ['a.second', 'desk', '2026-01-01T00:00:01.000Z'],
      ['b.first', 'roof-1', '2026-01-01T00:00:00.000Z'],
    ])
    expect(items[1]?.id).toBe(`${nodeId}/1`)
  })

  it('is asked by severity, by the beginning of a name, and by whom it is about', async () => {
    const { log, nodeId, own, node } = await station()
    await log.write(event('a.one', { severity: 'critical', data: { about: nodeId } }))
    await log.write(event('a.many', { data: { about: [own.identity.id, nodeId] } }))
    await log.write(event('b.other', { data: { about: own.identity.id } }))
    await node.replica.write('event', event('c.own'))
    await pull(own, node)
    expect(names(log, { severity: 'critical' })).toEqual(['a.one'])
    expect(names(log, { name: 'a.' }).toSorted()).toEqual(['a.many', 'a.one'])
    expect(names(log, { member: nodeId }).toSorted()).toEqual(['a.many', 'a.one', 'c.own'])
  })

  it('gives every event once over pages of any size, also while new ones come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (delays, limit) => {
          const { log, clock } = await station()
          for (const [index, ms] of delays.entries()) {
            await clock.advance(ms)
            await log.write(event(`e.${index}`))
          }
          const all = names(log)
          expect(all).toEqual(delays.map((_, index) => `e.${index}`).toReversed())
          const seen: string[] = []
          let cursor: string | undefined
          do {
            const page = log.list({ limit, cursor })
            seen.push(...page.items.map(({ name }) => name))
            cursor = page.nextCursor
            await log.write(event('late.one'))
          } while (cursor !== undefined)
          expect(seen).toEqual(all)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('holds what the replica holds: the newest 256 of each author, and after a restart the same', async () => {
    const { log, own } = await station()
    for (let index = 0; index < 300; index++) await log.write(event(`e.${index}`))
    const held = names(log)
    expect([held.length, held[0], held.at(-1)]).toEqual([256, 'e.299', 'e.44'])
    const later = new EventLog({ records: own.replica, nameOf: (id) => id })
    await later.start()
    expect(names(later)).toEqual(held)
  })

  it('does not let a stamp from the far future stay on top', async () => {
    const { fleet, log, clock, own } = await station()
    const wrong = await fleet.member('wrong', { clock: new VirtualClock(Date.UTC(2400, 0, 1)) })
    await own.directory.admit(wrong.certificate.sealed, wrong.identity.id)
    await wrong.replica.write('event', event('from.tomorrow'))
    await pull(own, wrong)
    await clock.advance(11 * 60_000)
    await log.write(event('later.one'))
    expect(names(log)).toEqual(['later.one', 'from.tomorrow'])
  })

  it('forgets what a member recorded after it was put out', async () => {
    const { log, node, own, nodeId } = await station()
    await node.replica.write('event', event('before.it'))
    await node.replica.write('event', event('after.it'))
    await pull(own, node)
    await own.replica.setFields(memberObject(nodeId), { revokedAfter: 1 })
    expect(names(log)).toEqual(['before.it'])
  })

  it.each(['', 'x', '1-2-3-4', `1-0-${'x'.repeat(51)}-1`])('refuses the cursor %j', async (cursor) => {
    const { log } = await station()
    expect(() => log.list({ limit: 1, cursor })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('tells of each new event once', async () => {
    const { log, own, node } = await station()
    const told: PeerIdText[] = []
    log.added.subscribe(({ record }) => told.push(record.author))
    await node.replica.write('event', event('a.one'))
    await pull(own, node)
    await pull(own, node)
    await own.replica.setFields({ type: 'node', id: own.identity.id }, { note: 'x' })
    expect(told).toEqual([node.identity.id])
  })
})
