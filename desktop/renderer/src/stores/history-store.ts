import { type FleetError, toFleetError } from '@wrale/kernel'
import type { Readings } from '@wrale/protocol'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Backend } from '../backend/backend.ts'
import { appendReadings, type History, historyOf } from '../model/series.ts'

interface HistoryState {
  readonly history: History
  readonly stepSeconds: number
  /** `loading` until the first answer; a failed reload keeps what was there. */
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: FleetError | undefined
}

export interface HistoryActions {
  /** Asks the station; a newer call overtakes an older one. */
  readonly load: (fromMs: number, toMs: number) => Promise<void>
  /** Adds what the node said just now. */
  readonly append: (atMs: number, readings: Readings, fromMs: number) => void
  readonly stop: () => void
}

export type HistoryStore = StoreApi<HistoryState & HistoryActions>

/** The history of one node's metrics over one range. */
export function createHistoryStore(backend: Pick<Backend, 'metrics'>, nodeId: string): HistoryStore {
  let current: AbortController | undefined
  return createStore<HistoryState & HistoryActions>()((set, get) => ({
    history: new Map(),
    stepSeconds: 1,
    phase: 'loading',
    error: undefined,
    async load(fromMs, toMs) {
      current?.abort()
      const own = (current = new AbortController())
      try {
        const answer = await backend.metrics(nodeId, { fromMs, toMs }, own.signal)
        if (own.signal.aborted) return
        set({ history: historyOf(answer), stepSeconds: answer.stepSeconds, phase: 'ready', error: undefined })
      } catch (error) {
        if (!own.signal.aborted)
          set({ phase: get().phase === 'ready' ? 'ready' : 'failed', error: toFleetError(error) })
      }
    },
    append(atMs, readings, fromMs) {
      if (get().phase === 'ready') set(({ history }) => ({ history: appendReadings(history, atMs, readings, fromMs) }))
    },
    stop: () => current?.abort(),
  }))
}
