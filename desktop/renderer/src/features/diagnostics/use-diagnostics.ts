import type { PeerIdText } from '@wrale/protocol'
import type { NodeMaintenance } from '@wrale/protocol/api'
import type { DiagList, DiagRun } from '@wrale/protocol/node'
import { useCallback, useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { type Loaded, useLoaded } from '../../ui/use-loaded.ts'

const listEveryMs = 5000
/** While it runs; a report never changes. */
const runEveryMs = 1000
const maintenanceEveryMs = 15_000

/** Self-tests that the node ran and can run. */
export function useDiagnostics(id: PeerIdText): Loaded<DiagList> {
  const { control } = useBackend()
  const load = useCallback(async (signal: AbortSignal) => control.diagnostics.list({ id }, { signal }), [control, id])
  return useLoaded(load, { everyMs: listEveryMs })
}

/** One self-test: how far it is, or its report. @param ended is called with what it came to */
export function useDiagRun(id: PeerIdText, run: string, ended: (run: DiagRun) => void): Loaded<DiagRun> {
  const { control } = useBackend()
  const [isOver, setIsOver] = useState(false)
  const load = useCallback(
    async (signal: AbortSignal) => {
      const now = await control.diagnostics.get({ id, run }, { signal })
      if (now.state !== 'running' && !signal.aborted) {
        setIsOver(true)
        ended(now)
      }
      return now
    },
    [control, id, run, ended],
  )
  return useLoaded(load, isOver ? {} : { everyMs: runEveryMs })
}

/** Wear of the node's parts. */
export function useMaintenance(id: PeerIdText): Loaded<NodeMaintenance> {
  const { control } = useBackend()
  const load = useCallback(async (signal: AbortSignal) => control.maintenance({ id }, { signal }), [control, id])
  return useLoaded(load, { everyMs: maintenanceEveryMs })
}
