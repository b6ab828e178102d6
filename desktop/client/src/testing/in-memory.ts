import type { AnyRouter, InferRouterInitialContext } from '@orpc/server'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { ServerPeer } from '@orpc/standard-server-peer'
import { FleetError } from '@wrale/kernel'
import { type Transport, type TransportOptions, transportOver } from '../transport.ts'

/** A transport that can be made to fail as networks do. */
export interface InMemoryTransport extends Transport {
  /** Connections that were opened so far. */
  readonly opened: number
  /** Breaks the connection. */
  cut(error?: FleetError): void
  /** From now on nothing arrives, and nothing tells so. */
  freeze(): void
  /** New connections fail with this; undefined lets them succeed again. */
  refuseWith(error: FleetError | undefined): void
}

/** Calls a router in this process through the same codec and queues as over a wire. */
export function inMemoryTransport<R extends AnyRouter>(
  router: R,
  context: InferRouterInitialContext<R>,
  options: TransportOptions = {},
): InMemoryTransport {
  const handle = createServerPeerHandleRequestFn(new StandardRPCHandler(router), { context })
  let opened = 0
  let refusal: FleetError | undefined
  let cut: (error: FleetError) => void = () => undefined
  let freeze: () => void = () => undefined

  const transport = transportOver(async (events) => {
    if (refusal !== undefined) throw refusal
    opened += 1
    let passing = true
    const server = new ServerPeer((message) => {
      if (passing) queueMicrotask(() => events.receive(message))
    })
    const close = (): void => {
      passing = false
      server.close()
    }
    cut = (error) => {
      close()
      events.closed(error)
    }
    freeze = () => void (passing = false)
    return {
      send: (message) => {
        if (passing) server.message(message, handle).catch(() => undefined)
      },
      close,
    }
  }, options)

  return {
    ...transport,
    get opened() {
      return opened
    },
    cut: (error = new FleetError('UNAVAILABLE', 'the connection was cut')) => cut(error),
    freeze: () => freeze(),
    refuseWith: (error) => void (refusal = error),
  }
}
