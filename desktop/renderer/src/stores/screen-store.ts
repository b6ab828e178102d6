import { createStore, type StoreApi } from 'zustand/vanilla'

export type DialogName = 'help' | 'join'

export interface Notice {
  readonly text: string
  readonly tone: 'calm' | 'fail'
  /** Tells two notices with one text apart. */
  readonly id: number
}

interface ScreenState {
  readonly dialog: DialogName | undefined
  /** The outcome of what the person did last. */
  readonly notice: Notice | undefined
}

export interface ScreenActions {
  open(dialog: DialogName): void
  close(): void
  notify(text: string, tone?: Notice['tone']): void
  dismiss(): void
}

export type ScreenStore = StoreApi<ScreenState & ScreenActions>

export function createScreenStore(): ScreenStore {
  let count = 0
  return createStore<ScreenState & ScreenActions>()((set) => ({
    dialog: undefined,
    notice: undefined,
    open: (dialog) => set({ dialog }),
    close: () => set({ dialog: undefined }),
    notify(text, tone = 'calm') {
      count += 1
      set({ notice: { text, tone, id: count } })
    },
    dismiss: () => set({ notice: undefined }),
  }))
}

export const selectDialog = ({ dialog }: ScreenState): DialogName | undefined => dialog
export const selectNotice = ({ notice }: ScreenState): Notice | undefined => notice
