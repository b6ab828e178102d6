import { FleetError } from '@wrale/kernel'
import type { Pipe } from '../connection.ts'
import { type PipeEvents, type Transport, type TransportOptions, transportOver } from '../transport.ts'

/** What is used of a port: a browser's or Node's `MessagePort`. */
export interface MessagePortLike {
  postMessage(message: string): void
  /** `message` events have `data`; browsers and Node do not agree on more of their type. */
  addEventListener(type: 'message' | 'close', listener: (event: Event) => void): void
  start(): void
  close(): void
}

/**
 * Calls over a message port whose other end a brain serves.
 * @param port the port, or how to get a new one each time that the last one closed
 */
export function messagePortTransport(
  port: MessagePortLike | (() => Promise<MessagePortLike>),
  options: TransportOptions = {},
): Transport {
  let used = false
  const next = async (): Promise<MessagePortLike> => {
    if (typeof port === 'function') return port()
    if (used) throw new FleetError('UNAVAILABLE', 'the port to the station is closed')
    used = true
    return port
  }
  const openPipe = async (events: PipeEvents): Promise<Pipe> => {
    const opened = await next()
    opened.addEventListener('message', (event) => events.receive('data' in event ? event.data : undefined))
    opened.addEventListener('close', () =>
      events.closed(new FleetError('UNAVAILABLE', 'the port to the station closed')),
    )
    opened.start()
    return { send: (message) => opened.postMessage(message), close: () => opened.close() }
  }
  return transportOver(openPipe, options)
}
