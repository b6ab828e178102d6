import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Station } from '@wrale/brain'
import { httpListen } from '@wrale/host'
import { FleetError, type Logger } from '@wrale/kernel'
import { stationApp } from './app.ts'
import { sessionCookie } from './authenticate.ts'
import { LiveConnections } from './live.ts'
import { acceptedHosts, bracketed, isLoopback } from './origin.ts'
import { problemResponse } from './problems.ts'

export interface ServerOptions {
  /** Address to listen on. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Folder of the built web UI; undefined when there is none. */
  readonly webRoot: string | undefined
}

export interface StationServer {
  /** Address for browsers and programs of this machine, `http://HOST:PORT`. */
  readonly url: string
  close(): Promise<void>
}

/** Serves a station over HTTP and WebSocket. @throws FleetError PORT_IN_USE, ADDRESS_UNAVAILABLE, FORBIDDEN */
export async function serveStation(station: Station, options: ServerOptions, logger: Logger): Promise<StationServer> {
  const { host, port, webRoot } = options
  const hosts = acceptedHosts(host)
  let cookieName = ''
  const shared = { acceptedHosts: hosts, cookieName: () => cookieName }
  const app = stationApp({ station, logger }, { ...shared, openMetrics: isLoopback(host), webRoot })
  const live = new LiveConnections({ station, logger }, shared)
  const errorHandler = (): Response => problemResponse(new FleetError('INPUT_INVALID', 'the request is not valid HTTP'))
  const listener = getRequestListener(app.fetch, { errorHandler })
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5000 },
    (request, response) => void listener(request, response),
  )
  server.maxConnections = 1024
  live.attach(server)
  const bound = await httpListen(server, host, port)
  cookieName = sessionCookie(bound.port)
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : bracketed(host)
  return {
    url: `http://${reachable}:${bound.port}`,
    async close() {
      live.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
