import { createServer, type Server, type ServerResponse } from 'node:http'
import { type Clock, FleetError, type Startable } from '@wrale/kernel'
import { httpListen } from '@wrale/host'
import { problemContentType, problemOf } from '@wrale/protocol/problem'
import type { Counters } from '../counters.ts'
import type { NodeView } from '../node-view.ts'
import { expositionContentType, renderExposition } from './exposition.ts'
import { metricFamilies } from './families.ts'
import { livez, type ProbeResult, readyz } from './probes.ts'

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface LocalHttpOptions {
  /** HOST:PORT; port 0 takes a free one. */
  readonly listen: string
}

/** /livez, /readyz and /metrics, for the machine's own tools. Reads only, and tells nothing secret. */
export class LocalHttp implements Startable {
  readonly #deps: { readonly view: NodeView; readonly counters: Counters; readonly clock: Clock }
  readonly #listen: string
  #server: Server | undefined
  #address: { readonly host: string; readonly port: number } | null = null

  constructor(
    deps: { readonly view: NodeView; readonly counters: Counters; readonly clock: Clock },
    options: LocalHttpOptions,
  ) {
    this.#deps = deps
    this.#listen = options.listen
  }

  get address(): { readonly host: string; readonly port: number } | null {
    return this.#address
  }

  /** @throws FleetError PORT_IN_USE, ADDRESS_UNAVAILABLE */
  async start(): Promise<void> {
    if (this.#server !== undefined) return
    const options = { headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 8192 }
    const server = createServer(options, (request, response) => {
      // A body is not read: the connection ends with the answer.
      if (request.method !== 'GET' && request.method !== 'HEAD') response.setHeader('connection', 'close')
      send(response, this.#answer(request.method ?? '', request.url ?? '/'), request.method === 'HEAD')
    })
    server.maxConnections = 64
    const separator = this.#listen.lastIndexOf(':')
    const host = this.#listen.slice(0, separator).replace(/^\[(.*)\]$/, '$1')
    this.#address = await httpListen(server, host, Number(this.#listen.slice(separator + 1)))
    this.#server = server
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#address = null
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  #answer(method: string, url: string): Answer {
    const { clock, counters, view } = this.#deps
    const path = url.split('?', 1)[0] ?? '/'
    const routes: Record<string, () => Answer> = {
      '/livez': () => probeAnswer(livez(view, clock)),
      '/readyz': () => probeAnswer(readyz(view, clock)),
      '/metrics': () => ({
        status: 200,
        type: expositionContentType,
        body: renderExposition(metricFamilies(view, counters)),
      }),
    }
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) return problem(new FleetError('NOT_FOUND', 'there is /livez, /readyz and /metrics'))
    if (method === 'GET' || method === 'HEAD') return route()
    return problem(new FleetError('USAGE', 'only GET and HEAD are allowed'), { status: 405, allow: 'GET, HEAD' })
  }
}

function probeAnswer({ ok, checks }: ProbeResult): Answer {
  return {
    status: ok ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify({ status: ok ? 'ok' : 'unavailable', checks })}\n`,
  }
}

function problem(error: FleetError, method?: { readonly status: number; readonly allow: string }): Answer {
  const about = problemOf(error)
  const { status, title } = method === undefined ? about : { status: method.status, title: 'Method not allowed' }
  return {
    status,
    type: problemContentType,
    body: `${JSON.stringify({ ...about, status, title })}\n`,
    ...(method === undefined ? {} : { headers: { allow: method.allow } }),
  }
}

function send(response: ServerResponse, { status, type, body, headers }: Answer, headOnly: boolean): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(headOnly ? undefined : body)
}
