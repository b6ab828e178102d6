import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import type { Session } from '@wrale/protocol/api'
import { memberObject } from '@wrale/protocol/membership'
import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import { pull, TestFleet, type TestMember } from '@wrale/replica/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { Audit } from '../event-log/audit.ts'
import { Conflicts } from './conflicts.ts'
import { ObjectBook } from './object-book.ts'
import { definitionOf, definitions, nodeRef, saidOfNode } from './said.ts'

const session: Session = { kind: 'browser', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const node = nodeRef(idOf(1))

interface Desk {
  readonly member: TestMember
  readonly book: ObjectBook
  readonly conflicts: Conflicts
}

async function desk(fleet: TestFleet, name: string, clock: VirtualClock): Promise<Desk> {
  const member = await fleet.member(name, { role: 'station', clock })
  const book = new ObjectBook(member.replica)
  await book.start()
  const log = { write: async () => undefined }
  const audit = new Audit({ log, book, clock, logger: silentLogger })
  return { member, book, conflicts: new Conflicts({ book, nameOf: (id) => id, audit }) }
}

/** Two stations that know each other, and that nothing connects but `meet`. */
async function twoDesks() {
  const fleet = await TestFleet.create()
  const clock = new VirtualClock()
  const first = await desk(fleet, 'desk', clock)
  const second = await desk(fleet, 'van', clock)
  await first.member.directory.admit(second.member.certificate.sealed, second.member.identity.id)
  const meet = async (): Promise<void> => {
    await pull(first.member, second.member)
    await pull(second.member, first.member)
  }
  return { first, second, clock, meet }
}

const valuesOf = (book: ObjectBook, object: ObjectRef): Record<string, FieldValue> =>
  Object.fromEntries([...book.fields(object)].map(([field, { winner }]) => [field, winner.value]))

describe('the cooling of a node', () => {
  const curve = [
    { celsius: 40, duty: 0.3 },
    { celsius: 60, duty: 1 },
  ]

  it('is a word like others: read where it is valid, in conflict where two did not hear each other, and settled', async () => {
    const { first, second, meet } = await twoDesks()
    await first.book.set(node, { 'thermal.profile': 'cool', 'thermal.curve': curve })
    await second.book.set(node, { 'thermal.profile': 'quiet' })
    await meet()
    const [conflict] = first.conflicts.list()
    expect(conflict).toMatchObject({ field: 'thermal.profile' })
    const settle = (field: string, value: FieldValue) => first.conflicts.settle({ object: node, field, value }, session)
    await expect(settle('thermal.profile', 'arctic')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(settle('thermal.curve', curve.toReversed())).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await settle('thermal.profile', 'cool')
    await meet()
    expect([first.conflicts.list(), second.conflicts.list()]).toEqual([[], []])
    expect(saidOfNode(second.book, idOf(1)).thermal).toEqual({ profile: 'cool', curve })
    await second.book.set(node, { 'thermal.profile': 'arctic', 'thermal.curve': null })
    expect(saidOfNode(second.book, idOf(1)).thermal).toBeUndefined()
  })
})

describe('the book of objects', () => {
  it('writes only what is different, in operations that fit a record', async () => {
    const { first } = await twoDesks()
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`label/l${index}`, 'x']))
    await first.book.set(node, many)
    expect(Object.keys(valuesOf(first.book, node))).toHaveLength(150)
    const count = first.book.history(node).length
    await first.book.set(node, { ...many, 'label/l7': 'y', note: null })
    expect(first.book.history(node)).toHaveLength(count + 1)
    expect(first.book.history(node)[0]?.body.set).toEqual({ 'label/l7': 'y' })
  })

  it('merges an object once, however often it is read, and again when something is said of it', async () => {
    const { first } = await twoDesks()
    await first.book.set(node, { note: 'a' })
    const fields = first.book.fields(node)
    await first.book.set(nodeRef(idOf(2)), { note: 'b' })
    expect(first.book.fields(node)).toBe(fields)
    await first.book.set(node, { note: 'c' })
    expect(first.book.fields(node)).not.toBe(fields)
  })

  it('forgets what a station wrote after it was put out', async () => {
    const { first, second, meet } = await twoDesks()
    await second.book.set(node, { note: 'before' })
    await meet()
    const { seq, author } = first.book.history(node)[0] ?? { seq: 0, author: second.member.identity.id }
    await second.book.set(node, { note: 'after' })
    await meet()
    expect(saidOfNode(first.book, idOf(1)).note).toBe('after')
    await first.book.set(memberObject(author), { revokedAfter: seq })
    expect(saidOfNode(first.book, idOf(1)).note).toBe('before')
  })

  it('is the same on two stations that met, whatever each wrote apart, and lists what was lost', async () => {
    const field = fc.constantFrom('label/a', 'label/b', 'note', 'place.site')
    const step = fc.oneof(
      fc.record({
        by: fc.constantFrom('first' as const, 'second' as const),
        set: fc.dictionary(field, fc.constantFrom('x', 'y', null), { minKeys: 1 }),
        afterMs: fc.constantFrom(0, 1, 1000),
      }),
      fc.constant('meet' as const),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { clock, meet, ...desks } = await twoDesks()
        for (const one of steps) {
          if (one === 'meet') await meet()
          else {
            await clock.advance(one.afterMs)
            await desks[one.by].book.set(node, one.set)
          }
        }
        await meet()
        const { first, second } = desks
        expect(valuesOf(first.book, node)).toEqual(valuesOf(second.book, node))
        expect(first.conflicts.list()).toEqual(second.conflicts.list())
        const fresh = new ObjectBook(first.member.replica)
        await fresh.start()
        expect([...first.book.fields(node)]).toEqual([...fresh.fields(node)])
        for (const { object, field: about, lost } of first.conflicts.list()) {
          await first.conflicts.settle({ object, field: about, value: lost[0]?.value ?? null }, session)
        }
        await meet()
        expect([first.conflicts.list(), second.conflicts.list()]).toEqual([[], []])
      }),
      { numRuns: 25 },
    )
  })
})

describe('a conflict', () => {
  it('keeps both values with who said them, until it is settled', async () => {
    const { first, second, meet, clock } = await twoDesks()
    await first.book.set(node, { 'label/env': 'prod' })
    await clock.advance(5)
    await second.book.set(node, { 'label/env': 'test' })
    expect(first.conflicts.list()).toEqual([])
    await meet()
    expect(first.conflicts.list()).toMatchObject([
      { field: 'label/env', holds: { value: 'test' }, lost: [{ value: 'prod', at: '2026-01-01T00:00:00.000Z' }] },
    ])
    await first.conflicts.settle({ object: node, field: 'label/env', value: 'test' }, session)
    await expect(
      first.conflicts.settle({ object: node, field: 'label/env', value: 'other' }, session),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await first.conflicts.settle({ object: node, field: 'label/env', value: 'test' }, session)
  })

  it.each([
    ['a field that nobody knows', node, 'colour', 'red'],
    ['a value of the wrong kind', node, 'label/env', 3],
    ['a label that is none', node, 'label/Ä', 'x'],
    ['an object without a right name', { type: 'node', id: 'roof' }, 'note', 'x'],
    ['a member, of whom the strictest word holds', memberObject(idOf(1)), 'revokedAfter', 1],
  ] as const)('is not settled with %s', async (_what, object, field, value) => {
    const { first } = await twoDesks()
    await expect(first.conflicts.settle({ object, field, value }, session)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })
})

describe('what other software wrote', () => {
  const write = (member: TestMember, object: ObjectRef, set: Record<string, FieldValue>) =>
    member.replica.setFields(object, set)

  it('is kept, and read as far as it is understood', async () => {
    const { first } = await twoDesks()
    await write(first.member, node, { 'label/env': 'prod', 'label/count': 3, 'place.site': '', colour: { r: 1 } })
    expect(saidOfNode(first.book, node.id as PeerIdText)).toEqual({ labels: { env: 'prod' }, note: null, place: {} })
    expect(valuesOf(first.book, node)['colour']).toEqual({ r: 1 })
  })

  it('does not make a group of a wrong name, nor members of what is no id', async () => {
    const { first } = await twoDesks()
    await write(first.member, { type: 'group', id: 'Not A Name' }, { description: 'x' })
    await write(
      first.member,
      { type: 'group', id: 'roofs' },
      {
        'node/nobody': true,
        [`node/${idOf(2)}`]: true,
        [`node/${idOf(3)}`]: 'yes',
        selector: ['env'],
        deleted: 'maybe',
      },
    )
    expect(definitions(first.book)).toEqual([
      { name: 'roofs', description: null, selector: null, nodes: new Set([idOf(2)]) },
    ])
    await write(first.member, { type: 'group', id: 'roofs' }, { deleted: true })
    expect(definitionOf(first.book, 'roofs')).toBeUndefined()
  })
})
