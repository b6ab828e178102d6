import type { FleetError } from '@wrale/kernel'
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { useLink, useServices } from '../app/hooks.ts'
import { selectNow } from '../stores/clock-store.ts'
import { selectNode } from '../stores/fleet-store.ts'
import type { History } from '../model/series.ts'
import { createHistoryStore } from '../stores/history-store.ts'

export interface HistoryRange {
  /** Length of the live range, ms. */
  readonly rangeMs: number
  /** A fixed stretch instead of the live one. */
  readonly zoom: { readonly fromMs: number; readonly toMs: number } | undefined
}

export interface LoadedHistory {
  readonly history: History
  readonly stepSeconds: number
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: FleetError | undefined
  readonly reload: () => void
}

/** Live points stand beside the stored ones until the station has averaged them: then the history is asked for anew. */
const refreshes = { leastMs: 30_000, share: 40 } as const

/** History of a node's metrics over a range; a live range goes on with what the node says. */
export function useHistory(nodeId: string, { rangeMs, zoom }: HistoryRange): LoadedHistory {
  const { backend, clock, fleet } = useServices()
  const store = useMemo(() => createHistoryStore(backend, nodeId), [backend, nodeId])
  const live = useLink().phase === 'live'
  const fromMs = zoom?.fromMs
  const toMs = zoom?.toMs
  const reload = useMemo(
    () => (): void => {
      const nowMs = selectNow(clock.getState())
      void store.getState().load(fromMs ?? nowMs - rangeMs, toMs ?? nowMs)
    },
    [store, clock, rangeMs, fromMs, toMs],
  )
  useEffect(() => {
    if (!live) return undefined
    reload()
    if (fromMs !== undefined) return undefined
    const timer = window.setInterval(reload, Math.max(refreshes.leastMs, rangeMs / refreshes.share))
    const select = selectNode(nodeId)
    const unsubscribe = fleet.subscribe((now, before) => {
      const node = select(now)
      if (node === undefined || node.lastSeen === null || node === select(before)) return
      store.getState().append(Date.parse(node.lastSeen), node.readings, selectNow(clock.getState()) - rangeMs)
    })
    return () => {
      window.clearInterval(timer)
      unsubscribe()
    }
  }, [live, reload, store, fleet, clock, nodeId, rangeMs, fromMs])
  useEffect(() => () => store.getState().stop(), [store])
  const state = useStore(
    store,
    useShallow(({ history, stepSeconds, phase, error }) => ({ history, stepSeconds, phase, error })),
  )
  return { ...state, reload }
}
