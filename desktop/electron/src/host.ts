import type {
  App,
  BrowserWindowConstructorOptions,
  Dialog,
  Event,
  ForkOptions,
  Menu,
  MenuItemConstructorOptions,
  MessageChannelMain,
  NativeTheme,
  Protocol,
} from 'electron'
import type { AppWindow } from './shell/app-window.ts'
import type { ContentsSource } from './shell/navigation.ts'
import type { LockedSession } from './shell/session-lock.ts'
import type { StationProcess } from './station/supervisor.ts'

export interface ShellApp
  extends
    ContentsSource,
    Pick<
      App,
      | 'enableSandbox'
      | 'exit'
      | 'getPath'
      | 'isPackaged'
      | 'quit'
      | 'requestSingleInstanceLock'
      | 'setAppUserModelId'
      | 'whenReady'
    > {
  on(event: 'second-instance' | 'window-all-closed', listener: () => void): unknown
  on(event: 'will-quit', listener: (event: Event) => void): unknown
  on(...event: Parameters<ContentsSource['on']>): unknown
}

/**
 * All of Electron that the shell uses, in Electron's own types. `main.ts` hands in the real one; tests hand in one that runs in Node,
 * where the package `electron` must not be loaded: it would fetch its binary.
 */
export interface ShellHost {
  readonly app: ShellApp
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => AppWindow
  readonly Menu: {
    buildFromTemplate(template: MenuItemConstructorOptions[]): Menu
    setApplicationMenu(menu: Menu): void
  }
  readonly MessageChannelMain: new () => MessageChannelMain
  readonly dialog: Pick<Dialog, 'showErrorBox'>
  readonly nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors'>
  readonly protocol: Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>
  /** There is none before the app is ready. */
  readonly session: { readonly defaultSession: LockedSession }
  readonly utilityProcess: { fork(modulePath: string, args: string[], options: ForkOptions): StationProcess }
}
