import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { GroupView, Node, NodeNotes } from '@wrale/protocol/api'
import type { FieldValue } from '@wrale/protocol/records'
import { pick } from './find.ts'
import type { GroupManifest, Manifest, NodeManifest } from './manifest.ts'
import { changesOf, type FieldChange, type NotesChange } from './notes-diff.ts'

/** The fleet as far as a file speaks of it. */
export interface Present {
  readonly nodes: readonly Pick<Node, 'id' | 'name'>[]
  readonly groups: readonly GroupView[]
  notesOf(id: PeerIdText): Promise<NodeNotes>
}

export type GroupChange = Omit<GroupManifest, 'kind' | 'nodes'> & { readonly nodes?: PeerIdText[] }

/** What one document of a file makes of one object. */
export interface Step {
  /** `node/roof-1` */
  readonly object: string
  readonly state: 'created' | 'changed' | 'unchanged'
  readonly changes: readonly FieldChange[]
  readonly call: { readonly node: PeerIdText; readonly change: NotesChange } | { readonly group: GroupChange }
}

/**
 * What a file would change, in its order.
 * @throws FleetError NOT_FOUND, CONFLICT, each with the place in the file; INPUT_INVALID when two documents are about one object
 */
export async function planOf(manifests: readonly Manifest[], present: Present): Promise<Step[]> {
  const steps: Step[] = []
  const places = new Map<string, string>()
  for (const { value, where } of manifests) {
    const step = await located(where, () =>
      value.kind === 'Node' ? nodeStep(value, present) : groupStep(value, present),
    )
    const key = 'node' in step.call ? step.call.node : step.object
    const other = places.get(key)
    if (other !== undefined) throw new FleetError('INPUT_INVALID', `${where}: ${step.object} is at ${other} already`)
    places.set(key, where)
    steps.push(step)
  }
  return steps
}

async function located<T>(where: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FleetError) throw new FleetError(error.code, `${where}: ${error.message}`, error.meta)
    throw error
  }
}

async function nodeStep({ kind: _kind, id, name, ...change }: NodeManifest, present: Present): Promise<Step> {
  const named = present.nodes.filter((node) => (id === undefined ? node.name === name : node.id === id))
  const [node] = named
  if (node === undefined) throw new FleetError('NOT_FOUND', `no node is called "${id ?? name}"`)
  if (named.length > 1) {
    throw new FleetError('CONFLICT', `"${name}" fits ${named.length} nodes: ${named.map((one) => one.id).join(', ')}`)
  }
  const changes = changesOf(await present.notesOf(node.id), change)
  const state = changes.length === 0 ? 'unchanged' : 'changed'
  return { object: `node/${node.name}`, state, changes, call: { node: node.id, change } }
}

function groupStep({ kind: _kind, nodes, ...rest }: GroupManifest, present: Present): Step {
  const ids = nodes?.map((wanted) => pick(present.nodes, wanted, 'node').id)
  const group: GroupChange = { ...rest, ...(ids === undefined ? {} : { nodes: [...new Set(ids)].toSorted() }) }
  const before = present.groups.find(({ name }) => name === rest.name)
  const wanted: ReadonlyArray<readonly [string, FieldValue | undefined, FieldValue]> = [
    ['description', group.description, before?.description ?? null],
    ['selector', group.selector, before?.selector ?? null],
    ['nodes', group.nodes, before?.nodes.toSorted() ?? []],
  ]
  const changes = wanted.flatMap(([field, to, from]) =>
    to === undefined || canonical(to) === canonical(from) ? [] : [{ field, from, to }],
  )
  const state = before === undefined ? 'created' : changes.length === 0 ? 'unchanged' : 'changed'
  return { object: `group/${rest.name}`, state, changes, call: { group } }
}

/** Text that equal values share; the order of labels says nothing. */
function canonical(value: FieldValue): string {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return JSON.stringify(isMap ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)) : value)
}
