import type { Node as FleetNode } from '@wrale/protocol/api'
import { bySeverity } from './state.ts'

/** Fewer letters are in too many ids to mean one. */
export const shortestIdPart = 4

/** 0: the name begins so; 1: the name has it; 2: something else does. */
function rankOf(node: FleetNode, wanted: string): number | undefined {
  const name = node.name.toLowerCase()
  if (name.startsWith(wanted)) return 0
  if (name.includes(wanted)) return 1
  const others = [node.model ?? '', node.state, wanted.length < shortestIdPart ? '' : node.id]
  return others.some((text) => text.toLowerCase().includes(wanted)) ? 2 : undefined
}

/** Nodes for a few typed letters, the best first; without letters those that need a person most. */
export function findNodes(nodes: Iterable<FleetNode>, search: string, limit: number): FleetNode[] {
  const wanted = search.trim().toLowerCase()
  const ranked: { readonly node: FleetNode; readonly rank: number }[] = []
  for (const node of nodes) {
    const rank = rankOf(node, wanted)
    if (rank !== undefined) ranked.push({ node, rank })
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank || bySeverity(a.node, b.node))
    .slice(0, limit)
    .map(({ node }) => node)
}
