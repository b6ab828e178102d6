import type { MessagePortLike } from '@wrale/client'

/** What the desktop's preload posts to the page together with a port whose other end the brain serves. */
const portMessage = 'wrale:port'

/**
 * Hands out the ports that the desktop gives: one at the start, one more each time that the brain was restarted.
 * Listening starts at once, so that a port which arrives before anyone asks is kept.
 */
export function desktopPorts(page: Window): () => Promise<MessagePortLike> {
  let latest = Promise.withResolvers<MessagePortLike>()
  let given = false
  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports
    if (event.source !== page || event.data !== portMessage || port === undefined) return
    if (given) latest = Promise.withResolvers()
    given = true
    latest.resolve(port)
  })
  return async () => {
    const port = await latest.promise
    // A port serves one connection; whoever asks again waits for the next one.
    latest = Promise.withResolvers()
    given = false
    return port
  }
}

/** The desktop serves the page from a scheme of its own; browsers get it over HTTP. */
export function isDesktop(location: Location): boolean {
  return !/^https?:$/.test(location.protocol)
}
