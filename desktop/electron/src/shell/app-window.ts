import type { BrowserWindowConstructorOptions } from 'electron'
import type { LinkedContents } from '../station/window-link.ts'
import type { CrashableContents } from './window-recovery.ts'

/** What is used of Electron's BrowserWindow. */
export interface AppWindow {
  readonly webContents: LinkedContents & CrashableContents
  once(event: 'ready-to-show', listener: () => void): unknown
  loadURL(url: string): Promise<void>
  show(): void
  focus(): void
  restore(): void
  isMinimized(): boolean
  isDestroyed(): boolean
}
export type AppWindowConstructor = new (options: BrowserWindowConstructorOptions) => AppWindow

export interface AppWindowOptions {
  /** Absolute path of the bundled preload script. */
  readonly preload: string
  /** Developer tools exist only where the app is not packaged. */
  readonly devTools: boolean
  /** Dark colours while the page has not drawn yet. */
  readonly dark: boolean
}

/** Page backgrounds of the renderer's two themes, so that an opening window does not flash. */
const backgrounds = { dark: '#0a0e13', light: '#f8f6f2' } as const

/** Every option that matters to security is written out, also where it is Electron's default: defaults have changed before. */
export function windowOptions(options: AppWindowOptions): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 390,
    minHeight: 480,
    show: false,
    backgroundColor: options.dark ? backgrounds.dark : backgrounds.light,
    autoHideMenuBar: true,
    title: 'Wrale Fleet',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: options.devTools,
    },
  }
}

/** Makes a window that is shown when its page has drawn for the first time. */
export function openAppWindow(Window: AppWindowConstructor, options: AppWindowOptions): AppWindow {
  const window = new Window(windowOptions(options))
  window.once('ready-to-show', () => window.show())
  return window
}

/** Brings a window to the front, for a person who started the app a second time. */
export function raise(window: AppWindow): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
