import type { Node as FleetNode, NodeState } from '@wrale/protocol/api'
import { stateRank, stateWords } from './state.ts'

export interface StateChange {
  readonly id: string
  readonly name: string
  readonly from: NodeState
  readonly to: NodeState
}

/** Nodes whose state differs between two pictures of the fleet. Nodes that joined are not changes; the list tells of them. */
export function stateChanges(
  before: ReadonlyMap<string, FleetNode>,
  after: ReadonlyMap<string, FleetNode>,
): StateChange[] {
  if (before === after) return []
  const changes: StateChange[] = []
  for (const [id, node] of after) {
    const was = before.get(id)
    if (was !== undefined && was !== node && was.state !== node.state)
      changes.push({ id, name: node.name, from: was.state, to: node.state })
  }
  return changes
}

/** Nodes named one by one before the rest is only counted. */
const named = 3

/** What a screen reader hears: a burst of changes as one short message, the worst first. */
export function announcement(changes: readonly StateChange[]): string {
  const latest = new Map<string, StateChange>()
  for (const change of changes) latest.set(change.id, { ...change, from: latest.get(change.id)?.from ?? change.from })
  const real = [...latest.values()]
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => stateRank(a.to) - stateRank(b.to))
  if (real.length === 0) return ''
  const parts = real.slice(0, named).map(({ name, to }) => `${name} is ${stateWords[to]}`)
  const rest = real.length - parts.length
  return `${parts.join(', ')}${rest === 0 ? '' : `, and ${rest} more changed`}.`
}
