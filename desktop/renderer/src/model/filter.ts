import type { Node as FleetNode, NodeState } from '@wrale/protocol/api'
import { compareBy } from './columns.ts'
import { shortestIdPart } from './find.ts'
import { labelsOf, labelText, placeText, termsOf, termTest } from './labels.ts'
import type { ListQuery, NodeKind } from './list-query.ts'

export function kindOf(node: Pick<FleetNode, 'simulated'>): NodeKind {
  return node.simulated ? 'simulated' : 'hardware'
}

/**
 * Every term must fit. `env=prod`, `zone=roof` or `group=solar` asks for that label, place or group; `env=` for any value of it. Another
 * word must be found somewhere in what the row says: name, state, kind, model, reasons, labels, place; or be a part of the id. Not in the
 * names of witnesses: in a well-linked fleet every node has every other for a witness, and a name would find them all.
 */
function matchesSearch(node: FleetNode, terms: readonly Term[]): boolean {
  if (terms.length === 0) return true
  const text = [
    node.name,
    node.state,
    kindOf(node),
    node.model ?? '',
    node.powerSource ?? '',
    ...node.reasons.map(({ message }) => message),
    ...labelsOf(node).map(labelText),
    placeText(node.place),
  ]
    .join('\n')
    .toLowerCase()
  const id = node.id.toLowerCase()
  return terms.every(
    ({ word, test }) => test?.(node) ?? (text.includes(word) || (word.length >= shortestIdPart && id.includes(word))),
  )
}

interface Term {
  readonly word: string
  /** Undefined: a plain word. */
  readonly test: ReturnType<typeof termTest>
}

type Filter = Pick<ListQuery, 'search' | 'states' | 'kinds'>

export function filterNodes(nodes: Iterable<FleetNode>, { search, states, kinds }: Filter): FleetNode[] {
  const terms = termsOf(search).map((word): Term => ({ word, test: termTest(word) }))
  const result: FleetNode[] = []
  for (const node of nodes) {
    if (states.length > 0 && !states.includes(node.state)) continue
    if (kinds.length > 0 && !kinds.includes(kindOf(node))) continue
    if (matchesSearch(node, terms)) result.push(node)
  }
  return result
}

/** Ids of the nodes that a query shows, in its order. */
export function arrange(nodes: Iterable<FleetNode>, query: Filter & Pick<ListQuery, 'sort'>): string[] {
  return filterNodes(nodes, query)
    .toSorted(compareBy(query.sort.column, query.sort.descending))
    .map(({ id }) => id)
}

export function isFiltered({ search, states, kinds }: Filter): boolean {
  return search.trim() !== '' || states.length > 0 || kinds.length > 0
}

/** How many nodes each state filter would show, other filters applied. */
export function countStates(nodes: Iterable<FleetNode>, filter: Filter): ReadonlyMap<NodeState, number> {
  const counts = new Map<NodeState, number>()
  for (const { state } of filterNodes(nodes, { ...filter, states: [] })) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

/** An order on the screen that must not move under the pointer. */
export interface HeldOrder {
  readonly shown: readonly string[]
  /** Nodes that would be there and are not shown yet. */
  readonly waiting: number
  /** The order would be another one now. */
  readonly moved: boolean
}

/**
 * What a list shows while a person points at it: the rows that were there, in the order that they had. Rows of removed nodes go, for
 * there is nothing left to point at; rows that no longer match stay until the list is let go.
 * @param exists whether a node is still known at all
 */
export function holdOrder(
  before: readonly string[],
  now: readonly string[],
  exists: (id: string) => boolean,
): HeldOrder {
  const shown = before.filter(exists)
  const known = new Set(shown)
  const waiting = now.reduce((count, id) => count + (known.has(id) ? 0 : 1), 0)
  const moved = shown.length !== now.length || shown.some((id, index) => now[index] !== id)
  return { shown, waiting, moved }
}
