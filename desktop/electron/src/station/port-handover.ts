import { appOrigin } from '../pages/scheme.ts'

/** The only channel between the shell and its page, and the message that the page gets: it carries one port, from the shell to the page. */
export const portChannel = 'wrale:port'

/** The page's `window`, as far as it is used. */
export interface PageWindow<Port> {
  postMessage(message: string, targetOrigin: string, transfer: Port[]): void
}

/**
 * Passes the port of one message on to the page, and only to a page of ours: the browser drops it if another origin is shown.
 * Anything but exactly one port is ignored.
 */
export function handPortOver<Port>(ports: readonly Port[], page: PageWindow<Port>): void {
  const [port, ...others] = ports
  if (port === undefined || others.length > 0) return
  page.postMessage(portChannel, appOrigin, [port])
}
