import { EventEmitter } from 'node:events'
import type {
  BrowserWindowConstructorOptions,
  CustomScheme,
  ForkOptions,
  Menu,
  MenuItemConstructorOptions,
} from 'electron'
import type { ShellHost } from '../host.ts'
import type { PageHandler } from '../pages/handler.ts'
import type { StationProcess } from '../station/supervisor.ts'
import { FakeContents } from './fake-contents.ts'
import { FakeSession } from './fake-session.ts'
import { FakeStationProcess } from './fake-station-process.ts'
import { NodeChannel } from './node-port.ts'

/** A window that loads by asking the app's own page handler, as Chromium would. */
export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents()
  readonly options: BrowserWindowConstructorOptions
  readonly shown: string[] = []
  /** Status and text of the page that was loaded last. */
  page: { readonly url: string; readonly status: number; readonly text: string } | undefined
  #handle: () => PageHandler | undefined

  constructor(options: BrowserWindowConstructorOptions, handle: () => PageHandler | undefined) {
    super()
    this.options = options
    this.#handle = handle
  }

  async loadURL(url: string): Promise<void> {
    const response = await this.#handle()?.({ url, method: 'GET' })
    if (response === undefined) throw new Error('ERR_UNKNOWN_URL_SCHEME')
    this.page = { url, status: response.status, text: await response.text() }
    this.webContents.load(url)
    this.emit('loaded')
  }

  show(): void {
    this.shown.push('show')
  }

  focus(): void {
    this.shown.push('focus')
  }

  restore(): void {
    this.shown.push('restore')
  }

  isMinimized(): boolean {
    return true
  }

  isDestroyed(): boolean {
    return this.webContents.destroyed
  }
}

export interface TestHostOptions {
  readonly packaged?: boolean
  /** Whether another instance of the app runs already. */
  readonly secondInstance?: boolean
  readonly userData?: string
  /** Starts station processes. Default: fakes, kept in `stations`. */
  readonly fork?: (modulePath: string, args: string[]) => StationProcess
}

/** Electron as the shell sees it, in Node. `calls` tells in which order the shell did what. */
export class TestHost {
  readonly calls: string[] = []
  readonly app = new EventEmitter()
  readonly session = new FakeSession()
  readonly windows: FakeWindow[] = []
  readonly stations: FakeStationProcess[] = []
  readonly forks: { readonly modulePath: string; readonly args: string[]; readonly options: ForkOptions }[] = []
  readonly errors: string[] = []
  readonly schemes: CustomScheme[] = []
  menu: MenuItemConstructorOptions[] = []
  handler: PageHandler | undefined
  exitCode: number | undefined
  readonly #ready = Promise.withResolvers<void>()
  readonly #exited = Promise.withResolvers<void>()
  readonly #options: TestHostOptions

  constructor(options: TestHostOptions = {}) {
    this.#options = options
  }

  /** Electron is ready; the promise resolves when the first window was opened. */
  becomeReady(): void {
    this.#ready.resolve()
  }

  /** Resolves when the shell ended the app. */
  get exited(): Promise<void> {
    return this.#exited.promise
  }

  get host(): ShellHost {
    const { calls } = this
    const { packaged = true, secondInstance = false, userData = '/nowhere' } = this.#options
    const { app, windows } = this
    const pages = (): PageHandler | undefined => this.handler
    class Window extends FakeWindow {
      constructor(given: BrowserWindowConstructorOptions) {
        super(given, pages)
        app.emit('web-contents-created', {}, this.webContents)
        windows.push(this)
        calls.push('window')
      }
    }
    return {
      app: Object.assign(app, {
        isPackaged: packaged,
        enableSandbox: () => void calls.push('enableSandbox'),
        exit: (code = 0) => {
          this.exitCode ??= code
          this.#exited.resolve()
        },
        getPath: () => userData,
        quit: () => void calls.push('quit'),
        requestSingleInstanceLock: () => !secondInstance,
        setAppUserModelId: () => undefined,
        whenReady: async () => {
          calls.push('whenReady')
          await this.#ready.promise
        },
      }),
      BrowserWindow: Window,
      Menu: {
        buildFromTemplate: (template) => template as unknown as Menu,
        setApplicationMenu: (menu) => void (this.menu = menu as unknown as MenuItemConstructorOptions[]),
      },
      MessageChannelMain: NodeChannel,
      dialog: { showErrorBox: (title, content) => void this.errors.push(`${title}: ${content}`) },
      nativeTheme: { shouldUseDarkColors: true },
      protocol: {
        registerSchemesAsPrivileged: (schemes) => {
          calls.push('registerSchemes')
          this.schemes.push(...schemes)
        },
        handle: (_scheme, handler) => void (this.handler = handler as PageHandler),
      },
      session: { defaultSession: this.session },
      utilityProcess: {
        fork: (modulePath, args, options) => {
          this.forks.push({ modulePath, args, options })
          if (this.#options.fork !== undefined) return this.#options.fork(modulePath, args)
          const station = new FakeStationProcess()
          this.stations.push(station)
          return station
        },
      },
    }
  }
}
