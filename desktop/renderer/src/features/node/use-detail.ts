import type { NodeDetail } from '@wrale/protocol/api'
import { useCallback } from 'react'
import { useBackend, useFleet } from '../../app/hooks.ts'
import { type Loaded, useLoaded } from '../../ui/use-loaded.ts'

/** Inventory and links change rarely and are not pushed: they are asked for again this often, ms. */
const everyMs = 20_000

/** What a node is, beyond what the list knows. What was loaded stays when a later try fails. */
export function useDetail(id: string): Loaded<NodeDetail> {
  const backend = useBackend()
  const version = useFleet()?.revision?.groups
  const load = useCallback(async (signal: AbortSignal) => backend.nodeDetail(id, signal), [backend, id])
  return useLoaded(load, { everyMs, version })
}
