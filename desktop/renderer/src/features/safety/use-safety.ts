import type { PeerIdText } from '@wrale/protocol'
import type { NodeSafety } from '@wrale/protocol/api'
import { useCallback } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { type Loaded, useLoaded } from '../../ui/use-loaded.ts'

/** While the page is seen, ms. */
const everyMs = 2000

/** What the node's safety policies do, as the node itself says it. */
export function useSafety(id: PeerIdText): Loaded<NodeSafety> {
  const { control } = useBackend()
  const load = useCallback(async (signal: AbortSignal) => control.safety({ id }, { signal }), [control, id])
  return useLoaded(load, { everyMs })
}
