import { EventEmitter } from 'node:events'
import type { MessagePortMain, WebContents } from 'electron'
import type { GuardedContents } from '../shell/navigation.ts'
import type { LinkedContents } from '../station/window-link.ts'

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0]

export interface SentMessage {
  readonly channel: string
  readonly message: unknown
  readonly ports: readonly MessagePortMain[]
}

/** A page that goes where the test says and remembers what it was given. */
export class FakeContents extends EventEmitter implements GuardedContents, LinkedContents {
  readonly sent: { readonly channel: string; readonly message: unknown; readonly ports: readonly MessagePortMain[] }[] =
    []
  openHandler: OpenHandler | undefined
  webRtcPolicy: string | undefined
  /** Told of each message as it is sent. */
  onSent: (sent: SentMessage) => void = () => undefined
  destroyed = false
  #url = 'about:blank'

  getURL(): string {
    return this.#url
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }

  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtcPolicy = policy
  }

  postMessage(channel: string, message: unknown, ports: MessagePortMain[] = []): void {
    const sent = { channel, message, ports }
    this.sent.push(sent)
    this.onSent(sent)
  }

  /** The page begins to go to `url`; `load` ends it. */
  leave(): void {
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
  }

  load(url: string): void {
    this.leave()
    this.#url = url
    this.emit('did-finish-load')
  }

  /** A navigation that the page itself wants. @returns whether it was prevented */
  wants(event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect', url: string): boolean {
    let prevented = false
    this.emit(event, { url, preventDefault: () => (prevented = true) })
    return prevented
  }
}
