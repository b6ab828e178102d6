import type { FleetError } from '@wrale/kernel'
import type { CallContext } from './context.ts'
import type { ServeClient } from './serve.ts'

/** What is used of a port: Electron's `MessagePortMain`, or a `MessagePort` of Node's worker threads. */
export interface ServablePort {
  postMessage(message: string): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/**
 * Serves one client on a message port. Electron's ports wrap what arrives in an event; Node's do not.
 * @returns ends the client
 */
export function serveMessagePort(
  port: ServablePort,
  serve: ServeClient,
  context: CallContext,
  onFault: (error: FleetError) => void,
): () => void {
  const client = serve(
    {
      send: async (message) => port.postMessage(message),
      fault: (error) => {
        onFault(error)
        port.close()
      },
    },
    context,
  )
  port.on('message', (message) => client.receive(isEvent(message) ? message.data : message))
  port.on('close', () => client.close())
  port.start()
  return () => {
    client.close()
    port.close()
  }
}

function isEvent(message: unknown): message is { readonly data: unknown } {
  return typeof message === 'object' && message !== null && 'data' in message
}
