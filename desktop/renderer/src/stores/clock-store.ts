import { createStore, type StoreApi } from 'zustand/vanilla'

/** Beyond this, the station's clock and the browser's are taken to differ; below, the difference is travel time. */
const tolerance = 1000

interface ClockState {
  /** Now by the station's clock, ms since the Unix epoch, in whole seconds' steps. */
  readonly nowMs: number
  /** Station's clock minus the browser's, ms. */
  readonly skewMs: number
}

export interface ClockActions {
  /** Learns the station's time from something that it just said. */
  readonly heard: (stationMs: number) => void
  readonly start: () => void
  readonly stop: () => void
}

export type ClockStore = StoreApi<ClockState & ClockActions>

/** One ticking second for the whole page: ages everywhere change together, and only in components whose text changes. */
export function createClockStore(wallMs: () => number = Date.now): ClockStore {
  let timer: ReturnType<typeof setInterval> | undefined
  return createStore<ClockState & ClockActions>()((set, get) => ({
    nowMs: wallMs(),
    skewMs: 0,
    heard(stationMs) {
      const skewMs = stationMs - wallMs()
      if (Math.abs(skewMs - get().skewMs) > tolerance) set({ skewMs, nowMs: stationMs })
    },
    start() {
      timer ??= setInterval(() => set({ nowMs: wallMs() + get().skewMs }), 1000)
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }))
}

export const selectNow = ({ nowMs }: ClockState): number => nowMs
export const selectSkew = ({ skewMs }: ClockState): number => skewMs
