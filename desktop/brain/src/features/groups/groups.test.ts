import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { type Node, nodeDetailSchema, nodeSchema, type NodeDetail, type Session } from '@wrale/protocol/api'
import { TestFleet } from '@wrale/replica/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { Audit } from '../event-log/audit.ts'
import { NodeNotesDesk } from '../objects/node-notes.ts'
import { NotedInventory } from '../objects/noted-inventory.ts'
import { ObjectBook } from '../objects/object-book.ts'
import { Groups } from './groups.ts'

const session: Session = { kind: 'local', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const at = '2026-01-01T00:00:00.000Z'
const [roof, gate, yard] = [1, 2, 3].map(idOf) as [PeerIdText, PeerIdText, PeerIdText]

describe('groups and notes of nodes', () => {
  let ids: PeerIdText[]
  let inventory: NotedInventory
  let groups: Groups
  let notes: NodeNotesDesk
  let told: Array<readonly PeerIdText[]>

  beforeEach(async () => {
    ids = [roof, gate, yard]
    const clock = new VirtualClock()
    const { replica } = await (await TestFleet.create()).member('desk', { role: 'station', clock })
    const book = new ObjectBook(replica)
    await book.start()
    const nodeOf = (id: PeerIdText): Node | undefined =>
      ids.includes(id)
        ? {
            id,
            name: `n${ids.indexOf(id)}`,
            state: 'ok',
            stateSince: at,
            reasons: [],
            lastSeen: at,
            seenBy: [],
            readings: {},
            simulated: true,
          }
        : undefined
    const detailOf = (id: PeerIdText): NodeDetail | undefined => {
      const node = nodeOf(id)
      return node === undefined ? undefined : { ...node, links: [] }
    }
    inventory = new NotedInventory({
      inventory: {
        changed: new Emitter(),
        nodes: () => ids.flatMap((id) => nodeOf(id) ?? []),
        node: nodeOf,
        detail: detailOf,
      },
      book,
    })
    await inventory.start()
    const audit = new Audit({ log: { write: async () => undefined }, book, clock, logger: silentLogger })
    groups = new Groups({ book, inventory, audit })
    notes = new NodeNotesDesk({ book, inventory, audit })
    told = []
    inventory.nodes()
    inventory.changed.subscribe((changed) => told.push(changed))
  })

  const membersOf = (name: string): string[] => groups.get(name).members.map(({ name: node }) => node)

  it('shows what was said of a node, in lists and in full', async () => {
    await notes.change({ id: roof, labels: { env: 'prod' }, place: { site: 'Mill' }, note: 'x' }, session)
    expect(nodeSchema.parse(inventory.node(roof))).toMatchObject({ labels: { env: 'prod' }, place: { site: 'Mill' } })
    expect(inventory.node(gate)).not.toHaveProperty('labels')
    expect(nodeDetailSchema.parse(inventory.detail(roof)).notes).toEqual({
      labels: { env: 'prod' },
      place: { site: 'Mill' },
      note: 'x',
      groups: [],
    })
    await notes.change({ id: roof, labels: { env: null }, note: '' }, session)
    expect(inventory.notesOf(roof)).toEqual({ labels: {}, place: { site: 'Mill' }, note: null, groups: [] })
  })

  it('refuses nodes that are not there, and more labels than a node may have', async () => {
    await expect(notes.change({ id: idOf(9), note: 'x' }, session)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`l${index}`, 'x']))
    await notes.change({ id: roof, labels: many }, session)
    await expect(notes.change({ id: roof, labels: { one: 'more' } }, session)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    await notes.change({ id: roof, labels: { l0: null, one: 'more' } }, session)
  })

  it('takes in nodes by labels and by hand, and tells whose groups changed', async () => {
    await notes.change({ id: roof, labels: { zone: 'roof' } }, session)
    told = []
    await groups.put({ name: 'high', selector: { zone: 'roof' }, nodes: [gate] }, session)
    expect(told.flat().toSorted()).toEqual([roof, gate].toSorted())
    expect(membersOf('high')).toEqual(['n0', 'n1'])
    expect(inventory.node(roof)?.groups).toEqual(['high'])
    told = []
    await notes.change({ id: yard, labels: { zone: 'roof' } }, session)
    expect(told).toEqual([[yard]])
    expect(membersOf('high')).toEqual(['n0', 'n1', 'n2'])
  })

  it('changes what is given and leaves the rest', async () => {
    await groups.put({ name: 'high', description: 'Up there', nodes: [roof, gate] }, session)
    await groups.put({ name: 'high', nodes: [gate, yard] }, session)
    expect(groups.get('high')).toMatchObject({
      description: 'Up there',
      selector: null,
      nodes: [gate, yard].toSorted(),
    })
    await groups.put({ name: 'high', description: null }, session)
    expect(groups.list()).toMatchObject([{ name: 'high', description: null, nodes: [gate, yard].toSorted() }])
  })

  it('comes back as what is said then, not as what it was', async () => {
    await groups.put({ name: 'high', description: 'Up there', selector: { zone: 'roof' }, nodes: [roof] }, session)
    const before = await groups.remove('high', session)
    expect(groups.list()).toEqual([])
    expect(() => groups.get('high')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    await expect(groups.remove('high', session)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await groups.put({ name: 'high' }, session)).toMatchObject({ description: null, selector: null, nodes: [] })
    await groups.remove('high', session)
    const { name, description, selector, nodes } = before
    expect(await groups.put({ name, description, selector, nodes }, session)).toEqual(before)
  })

  it('keeps a node that left the fleet where somebody put it, and takes no other that is not there', async () => {
    await groups.put({ name: 'high', nodes: [roof, gate] }, session)
    ids = [gate]
    expect(groups.get('high')).toMatchObject({ nodes: [roof, gate].toSorted(), members: [{ id: gate }] })
    await groups.put({ name: 'high', nodes: [roof, gate] }, session)
    await expect(groups.put({ name: 'high', nodes: [yard] }, session)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('is empty when its selector is', async () => {
    await groups.put({ name: 'none', selector: {} }, session)
    expect(membersOf('none')).toEqual([])
    const wide = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, 'x']))
    await expect(groups.put({ name: 'none', selector: wide }, session)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})
