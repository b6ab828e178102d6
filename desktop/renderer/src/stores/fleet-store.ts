import type { Fleet, Node as FleetNode } from '@wrale/protocol/api'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FleetNews } from '../backend/backend.ts'
import { expired } from '../model/state.ts'

interface FleetState {
  readonly fleet: Fleet | undefined
  readonly nodes: ReadonlyMap<string, FleetNode>
  /** Station's time of the latest event, ms; undefined before the first snapshot. */
  readonly heardAtMs: number | undefined
}

export interface FleetActions {
  readonly apply: (event: FleetNews) => void
  /** Turns nodes past their deadline stale while nobody tells this page about them. */
  readonly expire: (stationNowMs: number) => void
  readonly forget: () => void
}

export type FleetStore = StoreApi<FleetState & FleetActions>

const nothing: FleetState = { fleet: undefined, nodes: new Map(), heardAtMs: undefined }

export function createFleetStore(): FleetStore {
  return createStore<FleetState & FleetActions>()((set, get) => ({
    ...nothing,
    apply(event) {
      const before = get().nodes
      set({
        fleet: event.fleet,
        heardAtMs: Date.parse(event.at),
        nodes: event.type === 'snapshot' ? snapshot(before, event.nodes) : changed(before, event),
      })
    },
    expire(stationNowMs) {
      const late = expired(get().nodes.values(), stationNowMs)
      if (late.length === 0) return
      const nodes = new Map(get().nodes)
      for (const node of late) nodes.set(node.id, node)
      set({ nodes })
    },
    forget: () => set(nothing),
  }))
}

function changed(
  before: ReadonlyMap<string, FleetNode>,
  event: FleetNews & { type: 'changed' },
): ReadonlyMap<string, FleetNode> {
  if (event.nodes.length === 0 && event.removed.length === 0) return before
  const nodes = new Map(before)
  for (const node of event.nodes) nodes.set(node.id, node)
  for (const id of event.removed) nodes.delete(id)
  return nodes
}

/** A snapshot after a reconnection repeats most of what was known: nodes that say the same keep their identity, and their rows rest. */
function snapshot(before: ReadonlyMap<string, FleetNode>, fresh: readonly FleetNode[]): ReadonlyMap<string, FleetNode> {
  return new Map(
    fresh.map((node) => {
      const known = before.get(node.id)
      return [node.id, known !== undefined && JSON.stringify(known) === JSON.stringify(node) ? known : node]
    }),
  )
}

/** Selectors: components read the fleet through these only. */
export const selectFleet = ({ fleet }: FleetState): Fleet | undefined => fleet
export const selectNodes = ({ nodes }: FleetState): ReadonlyMap<string, FleetNode> => nodes
export const selectHeardAt = ({ heardAtMs }: FleetState): number | undefined => heardAtMs
export const selectNode =
  (id: string) =>
  ({ nodes }: FleetState): FleetNode | undefined =>
    nodes.get(id)
