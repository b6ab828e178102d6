import { Emitter, type Signal, type Startable } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { type Node, type NodeDetail, type NodeNotes, selects } from '@wrale/protocol/api'
import type { ObjectRef } from '@wrale/protocol/records'
import type { WatchedFleet } from '../events/fleet-events.ts'
import { groupObject, nodeObject } from './fields.ts'
import type { ObjectBook } from './object-book.ts'
import { definitions, type GroupDefinition, saidOfNode } from './said.ts'

export interface NotedInventoryDeps {
  readonly inventory: WatchedFleet & { detail(id: PeerIdText): NodeDetail | undefined }
  readonly book: Pick<ObjectBook, 'fields' | 'all' | 'changed'>
}

/** The inventory with what operators say of each node. */
export class NotedInventory implements Startable, WatchedFleet {
  readonly changed: Signal<readonly PeerIdText[]>
  readonly #deps: NotedInventoryDeps
  readonly #changed = new Emitter<readonly PeerIdText[]>()
  /** Built when asked for; dropped when something was said of the node. */
  readonly #notes = new Map<PeerIdText, NodeNotes>()
  #definitions: readonly GroupDefinition[] | undefined
  #unsubscribe: Array<() => void> = []

  constructor(deps: NotedInventoryDeps) {
    this.#deps = deps
    this.changed = this.#changed
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    const { inventory, book } = this.#deps
    this.#unsubscribe = [
      inventory.changed.subscribe((ids) => this.#changed.emit(ids)),
      book.changed.subscribe((objects) => this.#said(objects)),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }

  nodes(): Node[] {
    return this.#deps.inventory.nodes().map((node) => this.#noted(node))
  }

  node(id: PeerIdText): Node | undefined {
    const node = this.#deps.inventory.node(id)
    return node === undefined ? undefined : this.#noted(node)
  }

  detail(id: PeerIdText): NodeDetail | undefined {
    const detail = this.#deps.inventory.detail(id)
    return detail === undefined ? undefined : { ...this.#noted(detail), notes: this.notesOf(id) }
  }

  notesOf(id: PeerIdText): NodeNotes {
    const known = this.#notes.get(id) ?? this.#look(id)
    this.#notes.set(id, known)
    return known
  }

  #noted<N extends Node>(node: N): N {
    const { labels, place, groups } = this.notesOf(node.id)
    return {
      ...node,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(place).length === 0 ? {} : { place }),
      ...(groups.length === 0 ? {} : { groups }),
    }
  }

  #look(id: PeerIdText): NodeNotes {
    const { book } = this.#deps
    const said = saidOfNode(book, id)
    this.#definitions ??= definitions(book)
    const groups = this.#definitions
      .filter(({ nodes, selector }) => nodes.has(id) || (selector !== null && selects(selector, said.labels)))
      .map(({ name }) => name)
    return { ...said, groups }
  }

  #said(objects: readonly ObjectRef[]): void {
    const changed = new Set<PeerIdText>()
    for (const { type, id } of objects) {
      const node = type === nodeObject ? peerIdSchema.safeParse(id) : undefined
      if (node?.success !== true) continue
      this.#notes.delete(node.data)
      changed.add(node.data)
    }
    if (objects.some(({ type }) => type === groupObject)) {
      this.#definitions = undefined
      for (const [id, before] of this.#notes) {
        const now = this.#look(id)
        if (now.groups.join(' ') === before.groups.join(' ')) continue
        this.#notes.set(id, now)
        changed.add(id)
      }
    }
    const known = [...changed].filter((id) => this.#deps.inventory.node(id) !== undefined)
    if (known.length > 0) this.#changed.emit(known)
  }
}
