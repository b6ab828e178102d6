import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Station } from '@wrale/brain'
import { signedOutCloseCode } from '@wrale/client'
import { FleetError, type Logger, toFleetError } from '@wrale/kernel'
import { type Problem, problemContentType, problemOf } from '@wrale/protocol/api'
import { type WebSocket, WebSocketServer } from 'ws'
import { authenticate, type Shown } from './authenticate.ts'
import { type AcceptedHosts, checkHost, checkOrigin } from './origin.ts'

export const rpcPath = '/rpc'

const maxMessageBytes = 256 * 1024
/** Close code for a message that breaks the rules (RFC 6455, section 7.4.1). */
const policyViolation = 1008
const goingAway = 1001

export interface LiveOptions {
  readonly acceptedHosts: AcceptedHosts
  readonly cookieName: () => string
  /** Most connections at the same time. Default 128. */
  readonly maxConnections?: number
  /** Between two pings, ms; a connection that answered none of two is closed. Default 5000. */
  readonly pingMs?: number
}

/** RPC over WebSocket: every connection is one client of the station, signed in as the request that opened it. */
export class LiveConnections {
  readonly #station: Pick<Station, 'serve' | 'access'>
  readonly #logger: Logger
  readonly #options: Required<LiveOptions>
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })
  #closing = false

  constructor(
    deps: { readonly station: Pick<Station, 'serve' | 'access'>; readonly logger: Logger },
    options: LiveOptions,
  ) {
    this.#station = deps.station
    this.#logger = deps.logger
    this.#options = { maxConnections: 128, pingMs: 5000, ...options }
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      try {
        const { shown, session } = this.#admit(request)
        this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, shown, session))
      } catch (error) {
        refuse(socket, toFleetError(error))
      }
    })
  }

  /** Ends every connection; clients are told that the station goes away. */
  close(): void {
    this.#closing = true
    for (const ws of this.#sockets.clients) {
      ws.close(goingAway)
      ws.terminate()
    }
    this.#sockets.close()
  }

  #admit(request: IncomingMessage): { shown: Shown; session: ReturnType<typeof authenticate> } {
    const { host, origin, authorization, cookie } = request.headers
    checkHost(host, this.#options.acceptedHosts)
    checkOrigin(origin, host)
    if (URL.parse(request.url ?? '', 'http://station')?.pathname !== rpcPath) {
      throw new FleetError('NOT_FOUND', `live connections are at ${rpcPath}`)
    }
    const shown = { authorization, cookie, caller: request.socket.remoteAddress ?? 'unknown' }
    const session = authenticate(this.#station, shown, this.#options.cookieName())
    if (this.#closing || this.#sockets.clients.size >= this.#options.maxConnections) {
      throw new FleetError('UNAVAILABLE', 'the station has no room for another live connection')
    }
    return { shown, session }
  }

  #serve(ws: WebSocket, shown: Shown, session: ReturnType<typeof authenticate>): void {
    const client = this.#station.serve(
      {
        send: (message) =>
          new Promise((resolve, reject) => {
            ws.send(message, (error) => (error === undefined || error === null ? resolve() : reject(error)))
          }),
        fault: (error) => {
          this.#logger.warn('a live connection was closed for what it sent', { error, caller: shown.caller })
          ws.close(policyViolation, error.code)
        },
      },
      { session },
    )
    let unanswered = 0
    const pings = setInterval(() => {
      if (unanswered >= 2) ws.terminate()
      else if (!this.#stillSignedIn(shown)) ws.close(signedOutCloseCode, 'signed out')
      else {
        unanswered += 1
        ws.ping()
      }
    }, this.#options.pingMs)
    ws.on('pong', () => {
      unanswered = 0
    })
    ws.on('message', (data, isBinary) => client.receive(isBinary ? data : (data as Buffer).toString('utf8')))
    ws.on('close', () => {
      clearInterval(pings)
      client.close()
    })
    ws.on('error', (error) => this.#logger.debug('a live connection failed', { error, caller: shown.caller }))
  }

  #stillSignedIn(shown: Shown): boolean {
    try {
      authenticate(this.#station, shown, this.#options.cookieName())
      return true
    } catch {
      return false
    }
  }
}

/** Answers an upgrade that is refused, in plain HTTP. */
function refuse(socket: Duplex, error: FleetError): void {
  const problem: Problem = problemOf(error)
  const body = JSON.stringify(problem)
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${problemContentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(problem.status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
