import type { Event, MessageChannelMain, MessagePortMain, WebContentsDidStartNavigationEventParams } from 'electron'
import type { Cancel, Clock, Logger, Unsubscribe } from '@wrale/kernel'
import { isAppPage } from '../pages/scheme.ts'
import { portChannel } from './port-handover.ts'
import type { StationSupervisor } from './supervisor.ts'

/** What is used of a page's contents to link it. */
export interface LinkedContents {
  on(
    event: 'did-start-navigation',
    listener: (details: Event<WebContentsDidStartNavigationEventParams>) => void,
  ): unknown
  on(event: 'did-finish-load' | 'render-process-gone', listener: () => void): unknown
  getURL(): string
  isDestroyed(): boolean
  postMessage(channel: string, message: null, ports: MessagePortMain[]): void
}

export interface WindowLinkDeps {
  readonly station: Pick<StationSupervisor, 'state' | 'changed' | 'disconnected' | 'connect'>
  readonly contents: LinkedContents
  readonly newChannel: () => MessageChannelMain
  readonly clock: Clock
  readonly logger: Logger
}

export interface WindowLinkOptions {
  /** Wait before a page that gave up its port gets a new one, ms. Default 500. */
  readonly relinkMs?: number
}

/**
 * Links the page in a window to the running station by one message channel. A new one is made whenever there is a new end to link: the
 * page was loaded, the station was started again, or the page closed its port.
 */
export class WindowLink {
  readonly #deps: WindowLinkDeps
  readonly #relinkMs: number
  readonly #unsubscribe: readonly Unsubscribe[]
  #pageLoaded = false
  #link = 0
  #cancelRelink: Cancel = () => undefined

  constructor(deps: WindowLinkDeps, options: WindowLinkOptions = {}) {
    this.#deps = deps
    this.#relinkMs = options.relinkMs ?? 500
    const { station, contents } = deps
    this.#unsubscribe = [
      station.changed.subscribe(({ phase }) => {
        if (phase === 'running') this.#connect()
      }),
      station.disconnected.subscribe((link) => {
        if (link === this.#link) this.#connectLater()
      }),
    ]
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#pageLoaded = false
    })
    contents.on('did-finish-load', () => {
      this.#pageLoaded = isAppPage(contents.getURL())
      this.#connect()
    })
    contents.on('render-process-gone', () => (this.#pageLoaded = false))
  }

  /** Makes no more links. The one there is lives as long as its two ends. */
  close(): void {
    this.#pageLoaded = false
    this.#cancelRelink()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  #connectLater(): void {
    this.#cancelRelink()
    this.#cancelRelink = this.#deps.clock.schedule(this.#relinkMs, () => this.#connect())
  }

  #connect(): void {
    const { station, contents, newChannel, logger } = this.#deps
    this.#cancelRelink()
    if (!this.#pageLoaded || contents.isDestroyed() || station.state.phase !== 'running') return
    const { port1, port2 } = newChannel()
    this.#link += 1
    station.connect(this.#link, port1)
    contents.postMessage(portChannel, null, [port2])
    logger.debug('page linked to the station', { link: this.#link })
  }
}
