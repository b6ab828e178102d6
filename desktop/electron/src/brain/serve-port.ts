import type { MessagePortMain } from 'electron'
import type { Context } from '@orpc/server'
import type { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { ServerPeer } from '@orpc/standard-server-peer'
import { FleetError, type Logger, toFleetError } from '@wrale/kernel'

/** What is used of a port in the station's process. */
export type ServedPort = Pick<MessagePortMain, 'on' | 'postMessage' | 'start' | 'close'>

export interface ServePortDeps<C extends Context> {
  readonly handler: StandardRPCHandler<C>
  /** Context of the calls that come over this port: who the caller is. */
  readonly context: C
  readonly logger: Logger
  /** Called once, when the port is closed from either end. */
  readonly onClosed: () => void
}

export interface ServePortOptions {
  /** Longest message taken from the page, characters. Default 1 MiB: what a person types or uploads by the API is far smaller. */
  readonly maxMessageLength?: number
  /** Most calls and streams open at once. Default 256. */
  readonly maxOpenCalls?: number
}

/**
 * Serves the API over one port. A page that sends what no client of ours sends is broken or taken over: its port is closed, the
 * calls under way are aborted, and the station goes on.
 * @returns a function that closes the port
 */
export function servePort<C extends Context>(
  port: ServedPort,
  deps: ServePortDeps<C>,
  options: ServePortOptions = {},
): () => void {
  const { handler, context, logger, onClosed } = deps
  const { maxMessageLength = 1024 * 1024, maxOpenCalls = 256 } = options
  let open = true

  const peer = new ServerPeer((message) => {
    if (open) port.postMessage(message)
  })
  // The cast names what the conditional type of the options cannot see for a generic context: it is given.
  const handle = createServerPeerHandleRequestFn(handler, { context } as never)

  const close = (): void => {
    if (!open) return
    open = false
    peer.close({ reason: new FleetError('ABORTED', 'the port was closed') })
    port.close()
    onClosed()
  }
  const refuse = (error: FleetError): void => {
    if (!open) return
    logger.warn('port closed because of what came over it', { error })
    close()
  }

  port.on('message', ({ data }: { readonly data: unknown }) => {
    if (!open) return
    if (typeof data !== 'string') {
      refuse(new FleetError('FRAME_INVALID', 'a message on the port is not text'))
    } else if (data.length > maxMessageLength) {
      refuse(new FleetError('FRAME_TOO_LARGE', 'a message on the port is too long', { length: data.length }))
    } else if (peer.length >= maxOpenCalls) {
      refuse(new FleetError('RATE_LIMITED', 'too many calls are open on the port', { open: peer.length }))
    } else {
      peer.message(data, handle).catch((error: unknown) => refuse(toFleetError(error, 'FRAME_INVALID')))
    }
  })
  port.on('close', close)
  port.start()
  return close
}
