import { type CallContext, type ServablePort, type ServeClient, serveMessagePort } from '@wrale/brain'
import type { Logger } from '@wrale/kernel'

export interface ServePortDeps {
  readonly serve: ServeClient
  /** Who calls over this port. */
  readonly context: CallContext
  readonly logger: Logger
  /** Called once when the page closed the port, was closed itself, or sent what no client of ours sends. */
  readonly onEnded: () => void
}

/**
 * Serves the API to the page at the other end of a port. A page that sends garbage is broken or taken over: it loses its port and
 * everything under way on it, and the station goes on.
 * @returns closes the port from this side, without `onEnded`
 */
export function servePort(port: ServablePort, deps: ServePortDeps): () => void {
  let open = true
  const ended = (): void => {
    if (!open) return
    open = false
    deps.onEnded()
  }
  const close = serveMessagePort(port, deps.serve, deps.context, (error) => {
    deps.logger.warn('port closed because of what came over it', { error })
    ended()
  })
  port.on('close', ended)
  return () => {
    open = false
    close()
  }
}
