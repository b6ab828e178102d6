import type {
  Event,
  HandlerDetails,
  WebContentsWillFrameNavigateEventParams,
  WebContentsWillNavigateEventParams,
  WebContentsWillRedirectEventParams,
  WindowOpenHandlerResponse,
} from 'electron'
import type { Logger } from '@wrale/kernel'
import { isAppUrl } from '../pages/scheme.ts'

/** What is used of a page's contents to guard it. */
export interface GuardedContents {
  on(event: 'will-navigate', listener: (details: Event<WebContentsWillNavigateEventParams>) => void): unknown
  on(event: 'will-frame-navigate', listener: (details: Event<WebContentsWillFrameNavigateEventParams>) => void): unknown
  on(event: 'will-redirect', listener: (details: Event<WebContentsWillRedirectEventParams>) => void): unknown
  on(event: 'will-attach-webview' | 'ipc-message' | 'ipc-message-sync', listener: (event: Event) => void): unknown
  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void
  setWebRTCIPHandlingPolicy(policy: 'disable_non_proxied_udp'): void
}

/** What is used of the app to see every page that comes into being. */
export interface ContentsSource {
  on(event: 'web-contents-created', listener: (event: Event, contents: GuardedContents) => void): unknown
}

/** A frame may go to the app's own pages and nowhere else; a link that leads out does nothing. */
export function mayNavigate(url: string): boolean {
  return isAppUrl(url)
}

/** Guards everything that ever shows a page in this process, whoever makes it. To be called before the first window is made. */
export function guardAllContents(app: ContentsSource, logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, logger))
}

export function guardContents(contents: GuardedContents, logger: Logger): void {
  const guard = (event: { readonly url: string; preventDefault(): void }): void => {
    if (mayNavigate(event.url)) return
    event.preventDefault()
    logger.warn('navigation out of the app denied', { origin: originOf(event.url) })
  }
  contents.on('will-navigate', guard)
  contents.on('will-frame-navigate', guard)
  contents.on('will-redirect', guard)
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
    logger.warn('embedded web view denied')
  })
  contents.setWindowOpenHandler(({ url }) => {
    logger.warn('new window denied', { origin: originOf(url) })
    return { action: 'deny' }
  })
  // No page of ours makes peer connections; one that is made all the same must not find out addresses or send UDP.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')

  let told = false
  const refuseMessage = (): void => {
    if (!told) logger.warn('message from a page ignored: the page has no channel to the shell')
    told = true
  }
  contents.on('ipc-message', refuseMessage)
  contents.on('ipc-message-sync', refuseMessage)
}

/** What of an address may be logged: paths and queries can hold secrets. */
function originOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'not an address'
}
