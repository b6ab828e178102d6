import { createStore, type StoreApi } from 'zustand/vanilla'
import { type HeldOrder, holdOrder } from '../model/filter.ts'

interface ListState {
  /** Ids on the screen, in order. */
  readonly order: readonly string[]
  readonly waiting: number
  readonly moved: boolean
  /** A person points at the list: it keeps still. */
  readonly held: boolean
  /** The row that the keyboard is on. */
  readonly cursor: string | undefined
  /** Where a range selection began. */
  readonly anchor: string | undefined
}

export interface ListActions {
  /**
   * The order that the query and the fleet give now.
   * @param asked the person changed the query: show it at once, held or not
   */
  arranged(order: readonly string[], asked: boolean, exists: (id: string) => boolean): void
  readonly hold: (held: boolean) => void
  /** Shows what waits. */
  readonly release: () => void
  readonly setCursor: (id: string | undefined) => void
  readonly setAnchor: (id: string | undefined) => void
}

export type ListStore = StoreApi<ListState & ListActions>

const sameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])

export function createListStore(): ListStore {
  let latest: readonly string[] = []
  return createStore<ListState & ListActions>()((set, get) => {
    const show = (order: readonly string[]): void => {
      const { order: before, waiting, moved } = get()
      if (waiting === 0 && !moved && sameOrder(before, order)) return
      set({ order: sameOrder(before, order) ? before : order, waiting: 0, moved: false })
    }
    return {
      order: [],
      waiting: 0,
      moved: false,
      held: false,
      cursor: undefined,
      anchor: undefined,
      arranged(order, asked, exists) {
        latest = order
        const { held, order: before } = get()
        if (asked || !held || before.length === 0) return show(order)
        const { shown, waiting, moved }: HeldOrder = holdOrder(before, order, exists)
        const current = get()
        if (current.waiting === waiting && current.moved === moved && sameOrder(before, shown)) return
        set({ order: sameOrder(before, shown) ? before : shown, waiting, moved })
      },
      hold(held) {
        if (get().held === held) return
        set({ held })
        if (!held) show(latest)
      },
      release: () => show(latest),
      setCursor: (cursor) => set({ cursor }),
      setAnchor: (anchor) => set({ anchor }),
    }
  })
}

export const selectOrder = ({ order }: ListState): readonly string[] => order
export const selectWaiting = ({ waiting }: ListState): number => waiting
export const selectMoved = ({ moved }: ListState): boolean => moved
export const selectCursor = ({ cursor }: ListState): string | undefined => cursor
