import { FleetError } from '@wrale/kernel'
import type { NodeChange, NodeNotes, Session } from '@wrale/protocol/api'
import { thermalFields } from '@wrale/protocol/node'
import type { FieldValue } from '@wrale/protocol/records'
import type { Audit } from '../event-log/audit.ts'
import { checkField, labelFieldPrefix, placeParts } from './fields.ts'
import type { NotedInventory } from './noted-inventory.ts'
import type { ObjectBook } from './object-book.ts'
import { nodeRef } from './said.ts'

/** Most labels of one node. */
const maxLabels = 64

export interface NodeNotesDeps {
  readonly book: Pick<ObjectBook, 'fields' | 'set'>
  readonly inventory: Pick<NotedInventory, 'node' | 'notesOf'>
  readonly audit: Pick<Audit, 'changed'>
}

/** Labels, note, place and cooling of nodes, as operators change them. */
export class NodeNotesDesk {
  readonly #deps: NodeNotesDeps

  constructor(deps: NodeNotesDeps) {
    this.#deps = deps
  }

  /** What is absent stays, null removes. @throws FleetError NOT_FOUND, INPUT_INVALID */
  async change(change: NodeChange, by: Session): Promise<NodeNotes> {
    const { book, inventory, audit } = this.#deps
    const { id } = change
    const node = inventory.node(id)
    if (node === undefined) throw new FleetError('NOT_FOUND', `no node of this fleet has the id ${id}`)
    const set = fieldsOf(change)
    const object = nodeRef(id)
    for (const [field, value] of Object.entries(set)) checkField(object, field, value)
    const labels = { ...inventory.notesOf(id).labels, ...change.labels }
    const count = Object.values(labels).filter((value) => value !== null).length
    if (count > maxLabels) throw new FleetError('INPUT_INVALID', `a node may have ${maxLabels} labels`, { count })
    await audit.changed({ kind: 'node-changed', object, name: node.name, set, by }, () => book.set(object, set))
    return inventory.notesOf(id)
  }
}

/** A change as fields of the node's object. An empty note is no note. */
function fieldsOf({ labels = {}, note, place = {}, thermal = {} }: NodeChange): Record<string, FieldValue> {
  const set: Record<string, FieldValue> = {}
  for (const [key, value] of Object.entries(labels)) set[labelFieldPrefix + key] = value
  if (note !== undefined) set['note'] = note === '' ? null : note
  for (const part of placeParts) {
    const value = place[part]
    if (value !== undefined) set[`place.${part}`] = value
  }
  if (thermal.profile !== undefined) set[thermalFields.profile] = thermal.profile
  if (thermal.curve !== undefined) set[thermalFields.curve] = thermal.curve
  return set
}
