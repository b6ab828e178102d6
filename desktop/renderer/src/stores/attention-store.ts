import type { Conflict } from '@wrale/protocol/api'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Backend } from '../backend/backend.ts'

interface AttentionState {
  /** Machines that wait to be claimed. */
  readonly claims: number
  /** Fields that wait for a decision; undefined until the station told. */
  readonly conflicts: readonly Conflict[] | undefined
}

export interface AttentionActions {
  readonly lookForClaims: (signal: AbortSignal) => Promise<void>
  readonly lookForConflicts: (signal: AbortSignal) => Promise<void>
}

export type AttentionStore = StoreApi<AttentionState & AttentionActions>

/** What waits for a person beside the nodes themselves. A failed look keeps what was known: the banner of the link tells of it. */
export function createAttentionStore(backend: Pick<Backend, 'pendingClaims' | 'conflicts'>): AttentionStore {
  return createStore<AttentionState & AttentionActions>()((set, get) => {
    const look = async <T>(
      ask: (signal: AbortSignal) => Promise<T>,
      signal: AbortSignal,
      take: (answer: T) => void,
    ): Promise<void> => {
      try {
        const answer = await ask(signal)
        if (!signal.aborted) take(answer)
      } catch {
        // The next look is not far.
      }
    }
    return {
      claims: 0,
      conflicts: undefined,
      lookForClaims: async (signal) =>
        look(backend.pendingClaims, signal, ({ length }) => {
          if (get().claims !== length) set({ claims: length })
        }),
      lookForConflicts: async (signal) => look(backend.conflicts, signal, (conflicts) => set({ conflicts })),
    }
  })
}

export const selectClaims = ({ claims }: AttentionState): number => claims
export const selectConflicts = ({ conflicts }: AttentionState): readonly Conflict[] | undefined => conflicts
