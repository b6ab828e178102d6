import { type ComponentType, type ReactNode, use } from 'react'
import { useServices } from './hooks.ts'
import { type IdlePage, whenIdle } from './idle.ts'
import type { FetchPart, PartLoader } from './part-loader.ts'

const fetchNodes = async () => (await import('../features/nodes/nodes-screen.tsx')).NodesScreen
const fetchNode = async () => (await import('../features/node/node-screen.tsx')).NodeScreen
const fetchNodePart = async () => (await import('../features/node/node-part.tsx')).NodePart
const fetchGroups = async () => (await import('../features/groups/groups-screen.tsx')).GroupsScreen
const fetchMesh = async () => (await import('../features/mesh/mesh-screen.tsx')).MeshScreen
const fetchEvents = async () => (await import('../features/events/events-screen.tsx')).EventsScreen
const fetchConflicts = async () => (await import('../features/conflicts/conflicts-screen.tsx')).ConflictsScreen
const fetchMembers = async () => (await import('../features/security/members-screen.tsx')).MembersScreen
const fetchTokens = async () => (await import('../features/security/tokens-screen.tsx')).TokensScreen
const fetchRecovery = async () => (await import('../features/security/recovery-screen.tsx')).RecoveryScreen
const fetchOverlays = async () => (await import('./overlays.tsx')).Overlays

/**
 * A component that is loaded when it is first shown; it suspends meanwhile, and throws a PartError when it does not come.
 * React's `lazy` would keep a failure for as long as the page lives.
 */
function part<Props extends object>(fetch: FetchPart<ComponentType<Props>>) {
  return function Part(props: Props): ReactNode {
    const { parts } = useServices()
    const Component = parts.loaded(fetch) ?? use(parts.load(fetch))
    return <Component {...props} />
  }
}

/** Parts that the first screen does not need. */
export const NodesScreen = part(fetchNodes)
export const NodeScreen = part(fetchNode)
export const NodePart = part(fetchNodePart)
export const GroupsScreen = part(fetchGroups)
export const MeshScreen = part(fetchMesh)
export const EventsScreen = part(fetchEvents)
export const ConflictsScreen = part(fetchConflicts)
export const MembersScreen = part(fetchMembers)
export const TokensScreen = part(fetchTokens)
export const RecoveryScreen = part(fetchRecovery)
export const Overlays = part(fetchOverlays)

/** In the order in which they are likely to be wanted. */
const later = [
  fetchOverlays,
  fetchNodes,
  fetchNode,
  fetchMesh,
  fetchEvents,
  fetchMembers,
  fetchGroups,
  fetchConflicts,
  fetchTokens,
  fetchRecovery,
  fetchNodePart,
]

/**
 * Fetches the parts while nothing else is going on, so that they are there when they are asked for, station or no station.
 * @returns ends it
 */
export function loadWhenIdle(page: IdlePage, parts: PartLoader): () => void {
  let end: () => void = () => undefined
  const forget = whenIdle(page, () => (end = parts.prefetch(later)))
  return () => {
    forget()
    end()
  }
}
