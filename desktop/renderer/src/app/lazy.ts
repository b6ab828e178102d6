import { lazy } from 'react'

const loadNodes = () => import('../features/nodes/nodes-screen.tsx')
const loadNode = () => import('../features/node/node-screen.tsx')
const loadGroups = () => import('../features/groups/groups-screen.tsx')
const loadMesh = () => import('../features/mesh/mesh-screen.tsx')
const loadEvents = () => import('../features/events/events-screen.tsx')
const loadConflicts = () => import('../features/conflicts/conflicts-screen.tsx')
const loadMembers = () => import('../features/security/members-screen.tsx')
const loadTokens = () => import('../features/security/tokens-screen.tsx')
const loadRecovery = () => import('../features/security/recovery-screen.tsx')
const loadOverlays = () => import('./overlays.tsx')

/** Parts that the first screen does not need. */
export const NodesScreen = lazy(async () => ({ default: (await loadNodes()).NodesScreen }))
export const NodeScreen = lazy(async () => ({ default: (await loadNode()).NodeScreen }))
export const GroupsScreen = lazy(async () => ({ default: (await loadGroups()).GroupsScreen }))
export const MeshScreen = lazy(async () => ({ default: (await loadMesh()).MeshScreen }))
export const EventsScreen = lazy(async () => ({ default: (await loadEvents()).EventsScreen }))
export const ConflictsScreen = lazy(async () => ({ default: (await loadConflicts()).ConflictsScreen }))
export const MembersScreen = lazy(async () => ({ default: (await loadMembers()).MembersScreen }))
export const TokensScreen = lazy(async () => ({ default: (await loadTokens()).TokensScreen }))
export const RecoveryScreen = lazy(async () => ({ default: (await loadRecovery()).RecoveryScreen }))
export const Overlays = lazy(async () => ({ default: (await loadOverlays()).Overlays }))

/** In the order in which they are likely to be wanted. */
const later = [
  loadOverlays,
  loadNodes,
  loadNode,
  loadMesh,
  loadEvents,
  loadMembers,
  loadGroups,
  loadConflicts,
  loadTokens,
  loadRecovery,
]

/** Fetches the parts while nothing else is going on, so that they are there when they are asked for, station or no station. */
export function loadWhenIdle(page: Window): void {
  page.requestIdleCallback(
    () => {
      // A part that fails to load now is asked for again, and its failure shown, when it is needed.
      for (const load of later) load().catch(() => undefined)
    },
    { timeout: 3000 },
  )
}
