import { createStore, type StoreApi } from 'zustand/vanilla'

export type DialogName = 'palette' | 'help' | 'join'

export interface NoticeAction {
  readonly label: string
  readonly run: () => void
}

export interface Notice {
  readonly text: string
  readonly tone: 'calm' | 'fail'
  /** Undoes it, or does what is next. */
  readonly action: NoticeAction | undefined
  /** Tells two notices with one text apart. */
  readonly id: number
}

interface ScreenState {
  readonly dialog: DialogName | undefined
  /** The outcome of what the person did last. */
  readonly notice: Notice | undefined
  /** Address of the screen from which the person went to a node. */
  readonly cameFrom: string
}

export interface ScreenActions {
  readonly open: (dialog: DialogName) => void
  readonly close: () => void
  readonly notify: (text: string, tone?: Notice['tone'], action?: NoticeAction) => void
  readonly dismiss: () => void
  readonly visited: (address: string) => void
}

export type ScreenStore = StoreApi<ScreenState & ScreenActions>

export function createScreenStore(): ScreenStore {
  let count = 0
  return createStore<ScreenState & ScreenActions>()((set) => ({
    dialog: undefined,
    notice: undefined,
    cameFrom: '/nodes',
    open: (dialog) => set({ dialog }),
    close: () => set({ dialog: undefined }),
    notify(text, tone = 'calm', action) {
      count += 1
      set({ notice: { text, tone, action, id: count } })
    },
    dismiss: () => set({ notice: undefined }),
    visited: (cameFrom) => set({ cameFrom }),
  }))
}

export const selectDialog = ({ dialog }: ScreenState): DialogName | undefined => dialog
export const selectNotice = ({ notice }: ScreenState): Notice | undefined => notice
export const selectCameFrom = ({ cameFrom }: ScreenState): string => cameFrom
