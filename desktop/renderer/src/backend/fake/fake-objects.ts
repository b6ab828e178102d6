import type { FieldValue } from '@wrale/protocol/records'
import {
  type Conflict,
  type GroupView,
  type NodeNotes,
  type Node as FleetNode,
  type ObjectChange,
  selects,
} from '@wrale/protocol/api'
import { FleetError } from '@wrale/kernel'
import { thermalFields } from '@wrale/protocol/node'
import { withChange } from '../../model/notes.ts'
import type { NotesChange, ObjectsPort } from '../operator-ports.ts'
import { fakeId, fakeName, fakeStations } from './fleet.ts'

type Said = Omit<NodeNotes, 'groups'>

export interface FakeObjects extends ObjectsPort {
  /** A node with what operators say of it. */
  readonly described: <T extends FleetNode>(node: T) => T
  readonly notes: (id: string) => NodeNotes
  /** Counts what changed. */
  readonly revision: () => { readonly conflicts: number; readonly events: number; readonly groups: number }
}

const nothing: Said = { labels: {}, note: null, place: {} }

/** What operators say of things, kept in this page. @param nodes of the fleet as they are now */
export function fakeObjects(nodes: () => readonly FleetNode[], startMs: number): FakeObjects {
  const said = new Map<string, Said>()
  for (let index = 0; index < 400; index += 1) {
    if (index % 4 !== 3) said.set(fakeId(index), saidOf(index))
  }
  let groups = fakeGroups()
  let conflicts = fakeConflicts(startMs)
  const changes = new Map<string, ObjectChange[]>()
  const counts = { conflicts: 1, events: 1, groups: 1 }
  const record = (id: string, set: Record<string, FieldValue>): void => {
    const list = changes.get(id) ?? []
    const author = fakeStations[0]
    if (author !== undefined) list.unshift({ author, seq: 900 + list.length, at: new Date().toISOString(), set })
    changes.set(id, list)
  }
  const isMember = ({ selector, nodes: byHand }: (typeof groups)[number], node: FleetNode): boolean =>
    byHand.includes(node.id) || (selector !== null && selects(selector, (said.get(node.id) ?? nothing).labels))
  const view = (group: (typeof groups)[number]): GroupView => ({
    ...group,
    members: nodes()
      .filter((node) => isMember(group, node))
      .map(({ id, name }) => ({ id, name })),
  })
  const notes = (id: string): NodeNotes => {
    const node = nodes().find((one) => one.id === id)
    return {
      ...(said.get(id) ?? nothing),
      groups: node === undefined ? [] : groups.filter((group) => isMember(group, node)).map(({ name }) => name),
    }
  }
  return {
    notes,
    revision: () => ({ ...counts }),
    described(node) {
      const { labels, place, groups: names } = notes(node.id)
      return { ...node, labels, place, groups: names }
    },
    async changeNode(id, change) {
      const [next, set] = applied(said.get(id) ?? nothing, change)
      said.set(id, next)
      record(id, set)
      counts.groups += 1
      return notes(id)
    },
    groups: async () => groups.map(view),
    async putGroup({ name, ...change }) {
      const known = groups.find((group) => group.name === name)
      const next = { name, description: null, selector: null, nodes: [], ...known, ...change }
      groups = [...groups.filter((group) => group !== known), next].toSorted((a, b) => (a.name < b.name ? -1 : 1))
      counts.groups += 1
      return view(next)
    },
    async removeGroup(name) {
      const known = groups.find((group) => group.name === name)
      if (known === undefined) throw new FleetError('NOT_FOUND', 'There is no such group.')
      const before = view(known)
      groups = groups.filter((group) => group !== known)
      counts.groups += 1
      return before
    },
    objectHistory: async ({ id }) => [...(changes.get(id) ?? []), ...oldChanges(said.get(id) ?? nothing, startMs)],
    conflicts: async () => conflicts,
    async settleConflict(object, field, value) {
      conflicts = conflicts.filter((one) => one.object.id !== object.id || one.field !== field)
      record(object.id, { [field]: value })
      counts.conflicts += 1
    },
  }
}

function applied(
  before: Said,
  { labels = {}, place = {}, note, thermal }: NotesChange,
): [Said, Record<string, FieldValue>] {
  const set: Record<string, FieldValue> = {}
  for (const [key, value] of Object.entries(labels)) set[`label/${key}`] = value
  for (const [key, value = null] of Object.entries(place)) set[`place.${key}`] = value
  if (note !== undefined) set['note'] = note
  if (thermal?.profile !== undefined) set[thermalFields.profile] = thermal.profile
  if (thermal?.curve !== undefined) set[thermalFields.curve] = thermal.curve
  return [
    withChange(before, {
      labels,
      place,
      ...(note === undefined ? {} : { note }),
      ...(thermal === undefined ? {} : { thermal }),
    }),
    set,
  ]
}

function saidOf(index: number): Said {
  const zone = ['roof', 'yard', 'riverside'][index % 3] ?? 'roof'
  return {
    labels: { env: index % 5 === 0 ? 'staging' : 'prod', ...(index % 3 === 0 ? { power: 'solar' } : {}) },
    note: index % 7 === 0 ? 'Key of the cabinet is with the gatekeeper.\nFan replaced in May.' : null,
    place: {
      site: 'North valley',
      zone,
      ...(index % 2 === 0 ? { rack: `R${1 + (index % 4)}`, slot: String(index) } : {}),
    },
  }
}

function oldChanges({ labels, note }: Said, startMs: number): ObjectChange[] {
  const [first, second] = fakeStations
  if (first === undefined || second === undefined) return []
  const at = (hours: number): string => new Date(startMs - hours * 3_600_000).toISOString()
  const env = labels['env']
  return [
    ...(env === undefined ? [] : [{ author: first, seq: 41, at: at(3), set: { 'label/env': env } }]),
    { author: second, seq: 12, at: at(27), set: { 'label/env': 'test', 'place.zone': 'store' } },
    ...(note === null ? [] : [{ author: first, seq: 22, at: at(400), set: { note } }]),
  ]
}

function fakeGroups(): Omit<GroupView, 'members'>[] {
  return [
    {
      name: 'solar',
      description: 'Runs on panels: no updates after dusk',
      selector: { power: 'solar' },
      nodes: [fakeId(4)],
    },
    { name: 'spares', description: null, selector: null, nodes: [fakeId(6), fakeId(7)] },
    { name: 'staging', description: 'First wave of every rollout', selector: { env: 'staging' }, nodes: [] },
  ]
}

function fakeConflicts(startMs: number): Conflict[] {
  const [first, second] = fakeStations
  if (first === undefined || second === undefined) return []
  const at = (minutes: number): string => new Date(startMs - minutes * 60_000).toISOString()
  return [
    {
      object: { type: 'node', id: fakeId(2) },
      name: fakeName(2),
      field: 'label/env',
      holds: { value: 'prod', author: first, at: at(12) },
      lost: [{ value: 'staging', author: second, at: at(13) }],
    },
    {
      object: { type: 'node', id: fakeId(4) },
      name: fakeName(4),
      field: 'note',
      holds: { value: null, author: second, at: at(55) },
      lost: [{ value: 'Do not restart before the pump has drained.', author: first, at: at(58) }],
    },
  ]
}
