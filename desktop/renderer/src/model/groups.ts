import { toFleetError } from '@wrale/kernel'
import {
  formatSelector,
  groupNameSchema,
  type GroupView,
  type Node as FleetNode,
  parseSelector,
  type Selector,
  selects,
} from '@wrale/protocol/api'
import { counted } from './format.ts'
import { compareNames } from './state.ts'

/** A group as the form has it. */
export interface GroupDraft {
  readonly name: string
  readonly description: string
  /** Such as `env=prod,zone=roof`; empty: no selector. */
  readonly selector: string
  /** Ids of the nodes that are in it by hand. */
  readonly nodes: readonly string[]
}

export const emptyDraft: GroupDraft = { name: '', description: '', selector: '', nodes: [] }

export function draftOf({ name, description, selector, nodes }: GroupView): GroupDraft {
  return { name, description: description ?? '', selector: selector === null ? '' : formatSelector(selector), nodes }
}

/** What was typed as a selector: what it means, or what is wrong with it. Empty text is no selector. */
export function readSelector(text: string): { readonly selector: Selector | null; readonly problem?: string } {
  if (text.trim() === '') return { selector: null }
  try {
    return { selector: parseSelector(text) }
  } catch (error) {
    return { selector: null, problem: toFleetError(error).message }
  }
}

/** What is wrong with a name; undefined when nothing is. @param taken names that there are already */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!groupNameSchema.safeParse(name).success) return 'Small letters, digits and dashes, at most 63.'
  return taken.includes(name) ? 'There is a group of this name.' : undefined
}

/** Nodes that a group would hold now: by its labels, and by hand. */
export function membersOf(
  nodes: Iterable<FleetNode>,
  selector: Selector | null,
  byHand: readonly string[],
): { readonly selected: readonly FleetNode[]; readonly all: readonly FleetNode[] } {
  const hand = new Set(byHand)
  const selected: FleetNode[] = []
  const all: FleetNode[] = []
  for (const node of nodes) {
    const fits = selector !== null && selects(selector, node.labels ?? {})
    if (fits) selected.push(node)
    if (fits || hand.has(node.id)) all.push(node)
  }
  return { selected, all: all.toSorted((a, b) => compareNames(a.name, b.name)) }
}

/** "5 nodes: 3 by their labels, 2 by hand" */
export function memberCountText(all: number, selected: number): string {
  const byHand = all - selected
  if (all === 0) return 'No node is in it.'
  if (byHand === 0) return `${counted(all, 'node')}, by their labels.`
  if (selected === 0) return `${counted(all, 'node')}, by hand.`
  return `${counted(all, 'node')}: ${selected} by their labels, ${byHand} more by hand.`
}

export interface GroupsQuery {
  /** Group in the panel; empty: a new one; undefined: none. */
  readonly open: string | undefined
}

export function parseGroupsQuery(text: string): GroupsQuery {
  return { open: new URLSearchParams(text).get('group') ?? undefined }
}

/** No leading `?`. */
export function formatGroupsQuery({ open }: GroupsQuery): string {
  return open === undefined ? '' : new URLSearchParams({ group: open }).toString()
}
