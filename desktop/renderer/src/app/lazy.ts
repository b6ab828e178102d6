import { lazy } from 'react'

const loadNodes = () => import('../features/nodes/nodes-screen.tsx')
const loadNode = () => import('../features/node/node-screen.tsx')
const loadOverlays = () => import('./overlays.tsx')

/** Parts that the first screen does not need. */
export const NodesScreen = lazy(async () => ({ default: (await loadNodes()).NodesScreen }))
export const NodeScreen = lazy(async () => ({ default: (await loadNode()).NodeScreen }))
export const Overlays = lazy(async () => ({ default: (await loadOverlays()).Overlays }))

/** Fetches the parts while nothing else is going on, so that they are there when they are asked for. */
export function loadWhenIdle(page: Window): void {
  page.requestIdleCallback(
    () => {
      // A part that fails to load now is asked for again, and its failure shown, when it is needed.
      for (const load of [loadOverlays, loadNodes, loadNode]) load().catch(() => undefined)
    },
    { timeout: 3000 },
  )
}
