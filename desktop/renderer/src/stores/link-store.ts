import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LinkStatus } from '../backend/backend.ts'

interface LinkState {
  readonly status: LinkStatus
  /** The link was up at least once: what is on the screen was true then. */
  readonly wasLive: boolean
}

export interface LinkActions {
  readonly set: (status: LinkStatus) => void
}

export type LinkStore = StoreApi<LinkState & LinkActions>

export function createLinkStore(): LinkStore {
  return createStore<LinkState & LinkActions>()((set) => ({
    status: { phase: 'connecting' },
    wasLive: false,
    set: (status) => set(({ wasLive }) => ({ status, wasLive: wasLive || status.phase === 'live' })),
  }))
}

export const selectLink = ({ status }: LinkState): LinkStatus => status
export const selectWasLive = ({ wasLive }: LinkState): boolean => wasLive
