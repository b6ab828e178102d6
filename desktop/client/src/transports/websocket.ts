import { FleetError, systemClock } from '@wrale/kernel'
import type { Pipe } from '../connection.ts'
import { type PipeEvents, type Transport, type TransportOptions, transportOver } from '../transport.ts'

/** Close code with which a station ends a connection whose session is over (4000-4999 are for applications, RFC 6455). */
export const signedOutCloseCode = 4401

export interface WebsocketTransportOptions extends TransportOptions {
  /** Address of the RPC end, `ws://HOST:PORT/rpc` or `wss:`. */
  readonly url: string
  /** Makes the socket. Default `new WebSocket(url)`; programs outside a browser add their Authorization header here. */
  readonly open?: (url: string) => WebSocket
  /**
   * Asks by HTTP whether the station knows the caller, because a browser does not tell why a socket did not open: true, false, or
   * a rejection when it cannot be reached. Default: GET `/api/v1/session` of the same host with the browser's cookie.
   */
  readonly isSignedIn?: () => Promise<boolean>
  /** Longest wait for the socket to open, ms. Default 5000. */
  readonly connectTimeoutMs?: number
}

export function websocketTransport(options: WebsocketTransportOptions): Transport {
  const { url, open = (address) => new WebSocket(address), connectTimeoutMs = 5000, clock = systemClock } = options
  const isSignedIn = options.isSignedIn ?? (() => askSession(url))

  const unopened = async (): Promise<FleetError> => {
    try {
      if (!(await isSignedIn())) return new FleetError('UNAUTHENTICATED', 'sign in first')
    } catch (error) {
      return new FleetError('UNAVAILABLE', 'the station cannot be reached', {}, { cause: error })
    }
    return new FleetError('UNAVAILABLE', 'the station did not open a live connection')
  }

  const openPipe = (events: PipeEvents): Promise<Pipe> =>
    new Promise((resolve, reject) => {
      const socket = open(url)
      let opened = false
      const cancel = clock.schedule(connectTimeoutMs, () => {
        reject(new FleetError('TIMEOUT', `the station did not open a connection in ${connectTimeoutMs / 1000} s`))
        socket.close()
      })
      socket.addEventListener('open', () => {
        opened = true
        cancel()
        resolve({ send: (message) => socket.send(message), close: () => socket.close() })
      })
      socket.addEventListener('message', (event) => events.receive(event.data as unknown))
      socket.addEventListener('close', ({ code }) => {
        cancel()
        if (opened) events.closed(errorOfClose(code))
        else void unopened().then(reject)
      })
    })
  return transportOver(openPipe, options)
}

function errorOfClose(code: number): FleetError {
  if (code === signedOutCloseCode) return new FleetError('UNAUTHENTICATED', 'the session is over: sign in again')
  return new FleetError('UNAVAILABLE', 'the connection to the station was lost', { closeCode: code })
}

async function askSession(url: string): Promise<boolean> {
  const address = new URL('/api/v1/session', url)
  address.protocol = address.protocol === 'wss:' ? 'https:' : 'http:'
  const { status } = await fetch(address, { credentials: 'same-origin', signal: AbortSignal.timeout(5000) })
  return status !== 401
}
