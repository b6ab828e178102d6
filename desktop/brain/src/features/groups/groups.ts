import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { GroupView, Node, Session } from '@wrale/protocol/api'
import type { FieldValue } from '@wrale/protocol/records'
import type { Audit } from '../event-log/audit.ts'
import { checkField, nodeFieldPrefix } from '../objects/fields.ts'
import type { ObjectBook } from '../objects/object-book.ts'
import { definitionOf, definitions, type GroupDefinition, groupRef } from '../objects/said.ts'

/** Most groups of a fleet. */
const maxGroups = 1000

export interface GroupsDeps {
  readonly book: Pick<ObjectBook, 'fields' | 'all' | 'set'>
  /** Nodes with the names of the groups that they are in. */
  readonly inventory: { nodes(): Node[]; node(id: PeerIdText): Node | undefined }
  readonly audit: Pick<Audit, 'changed'>
}

/** What is absent stays as it is; of a group that was removed, nothing stays. */
export interface GroupChange {
  readonly name: string
  readonly description?: string | null | undefined
  readonly selector?: Readonly<Record<string, string>> | null | undefined
  readonly nodes?: readonly PeerIdText[] | undefined
}

/** Groups of nodes: by labels, by hand, or both. */
export class Groups {
  readonly #deps: GroupsDeps

  constructor(deps: GroupsDeps) {
    this.#deps = deps
  }

  list(): GroupView[] {
    const nodes = this.#deps.inventory.nodes()
    return definitions(this.#deps.book).map((definition) => viewOf(definition, nodes))
  }

  /** @throws FleetError NOT_FOUND */
  get(name: string): GroupView {
    const definition = definitionOf(this.#deps.book, name)
    if (definition === undefined) throw new FleetError('NOT_FOUND', `no group is called "${name}"`)
    return viewOf(definition, this.#deps.inventory.nodes())
  }

  /** Makes a group, changes it, or brings it back. @throws FleetError INPUT_INVALID, RATE_LIMITED */
  async put(change: GroupChange, by: Session): Promise<GroupView> {
    const { book, audit } = this.#deps
    const { name } = change
    const before = definitionOf(book, name)
    if (before === undefined && definitions(book).length >= maxGroups) {
      throw new FleetError('RATE_LIMITED', `there are ${maxGroups} groups already`)
    }
    const object = groupRef(name)
    const set = before === undefined ? this.#anew(change) : this.#different(change, before)
    for (const [field, value] of Object.entries(set)) checkField(object, field, value)
    await audit.changed({ kind: 'group-changed', object, name, set, by }, () => book.set(object, set))
    return this.get(name)
  }

  /** @returns the group as it was @throws FleetError NOT_FOUND */
  async remove(name: string, by: Session): Promise<GroupView> {
    const before = this.get(name)
    const object = groupRef(name)
    const set = { deleted: true }
    const { audit, book } = this.#deps
    await audit.changed({ kind: 'group-removed', object, name, set, by }, () => book.set(object, set))
    return before
  }

  /** The fields of a group that is made, or brought back: what it had before is not taken up again. */
  #anew({ name, description = null, selector = null, nodes = [] }: GroupChange): Record<string, FieldValue> {
    const set: Record<string, FieldValue> = { deleted: false }
    for (const field of this.#deps.book.fields(groupRef(name)).keys()) {
      if (field.startsWith(nodeFieldPrefix)) set[field] = null
    }
    for (const id of nodes) set[this.#nodeField(name, id)] = true
    return { ...set, description, selector: selector === null ? null : { ...selector } }
  }

  #different(change: GroupChange, before: GroupDefinition): Record<string, FieldValue> {
    const { description, selector, nodes } = change
    const set: Record<string, FieldValue> = {}
    if (description !== undefined) set['description'] = description
    if (selector !== undefined) set['selector'] = selector === null ? null : { ...selector }
    if (nodes === undefined) return set
    const wanted = new Set(nodes)
    for (const id of before.nodes) if (!wanted.has(id)) set[nodeFieldPrefix + id] = null
    for (const id of wanted) set[this.#nodeField(change.name, id)] = true
    return set
  }

  /** @throws FleetError INPUT_INVALID when no such node is in the fleet, nor ever was in the group */
  #nodeField(group: string, id: PeerIdText): string {
    const { book, inventory } = this.#deps
    const field = nodeFieldPrefix + id
    if (inventory.node(id) === undefined && !book.fields(groupRef(group)).has(field)) {
      throw new FleetError('INPUT_INVALID', `no node of this fleet has the id ${id}`)
    }
    return field
  }
}

function viewOf({ name, description, selector, nodes }: GroupDefinition, all: readonly Node[]): GroupView {
  return {
    name,
    description,
    selector: selector === null ? null : { ...selector },
    nodes: [...nodes].toSorted(),
    members: all
      .filter(({ groups }) => groups?.includes(name) === true)
      .map((node) => ({ id: node.id, name: node.name })),
  }
}
