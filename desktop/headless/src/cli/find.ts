import type { FleetClient } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { type Node, type Selector, selects } from '@wrale/protocol/api'

interface Named {
  readonly id: PeerIdText
  readonly name: string
}

/** @throws FleetError NOT_FOUND, or CONFLICT when several nodes fit */
export async function findNode(client: FleetClient, wanted: string): Promise<Node> {
  return pick((await client.nodes.list()).items, wanted, 'node')
}

/** A node or a station. @throws FleetError NOT_FOUND, or CONFLICT when several fit */
export async function findMember(client: FleetClient, wanted: string): Promise<Named> {
  return pick((await client.mesh.get()).members, wanted, 'member')
}

/**
 * The nodes that are named, each once, or those that a selector takes in.
 * @throws FleetError USAGE unless there are either names or a selector; NOT_FOUND, CONFLICT
 */
export async function findNodes(
  client: FleetClient,
  names: readonly string[],
  selector: Selector | undefined,
): Promise<Node[]> {
  if (names.length === 0 ? selector === undefined : selector !== undefined) {
    throw new FleetError('USAGE', 'name nodes, or select them with --selector')
  }
  const { items } = await client.nodes.list()
  if (selector === undefined) return [...new Set(names.map((wanted) => pick(items, wanted, 'node')))]
  const found = items.filter(({ labels = {} }) => selects(selector, labels))
  if (found.length === 0) throw new FleetError('NOT_FOUND', 'the selector takes in no node')
  return found
}

/**
 * A member by its name, its id, or the beginning or end of either that no other has.
 * @throws FleetError NOT_FOUND, or CONFLICT when several fit
 */
export function pick<T extends Named>(items: readonly T[], wanted: string, what: string): T {
  const exact = items.filter(({ id, name }) => id === wanted || name === wanted)
  const found =
    exact.length > 0
      ? exact
      : items.filter(
          ({ id, name }) => wanted !== '' && (id.startsWith(wanted) || id.endsWith(wanted) || name.startsWith(wanted)),
        )
  const [first] = found
  if (first === undefined) throw new FleetError('NOT_FOUND', `no ${what} is called "${wanted}"`)
  if (found.length > 1) {
    const which = found.slice(0, 5).map(({ id, name }) => `${name} (${id})`)
    throw new FleetError('CONFLICT', `"${wanted}" fits ${found.length} ${what}s: ${which.join(', ')}`)
  }
  return first
}
