import { type FleetError, toFleetError } from '@wrale/kernel'
import type { NodeDetail } from '@wrale/protocol/api'
import { useEffect, useState } from 'react'
import { useBackend, useLink } from '../../app/hooks.ts'

/** Inventory and links change rarely and are not pushed: they are asked for again this often, ms. */
const refreshMs = 20_000

export interface LoadedDetail {
  readonly detail: NodeDetail | undefined
  readonly error: FleetError | undefined
}

/** What a node is, beyond what the list knows. What was loaded stays when a later try fails. */
export function useDetail(id: string): LoadedDetail {
  const backend = useBackend()
  const live = useLink().phase === 'live'
  const [loaded, setLoaded] = useState<LoadedDetail>({ detail: undefined, error: undefined })
  useEffect(() => {
    if (!live) return undefined
    const ended = new AbortController()
    const load = async (): Promise<void> => {
      try {
        const detail = await backend.nodeDetail(id, ended.signal)
        if (!ended.signal.aborted) setLoaded({ detail, error: undefined })
      } catch (error) {
        if (!ended.signal.aborted) setLoaded(({ detail }) => ({ detail, error: toFleetError(error) }))
      }
    }
    void load()
    const timer = window.setInterval(() => void load(), refreshMs)
    return () => {
      ended.abort()
      window.clearInterval(timer)
    }
  }, [backend, id, live])
  return loaded
}
