import { FleetError } from '@wrale/kernel'
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connector } from './connector.ts'

export interface HttpInit {
  /** Default GET. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Until the whole answer is there, ms; default 10 000. */
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  text(): string
  /** INPUT_INVALID when the body is no JSON. */
  json(): unknown
}

const maxBodyBytes = 32 * 1024 * 1024
const maxSockets = 16

/** An agent for `http.request`, `ws` and the like, whose connections leave from one machine of a lab.
 * Each request has a connection of its own: one that is kept may belong to a server that has been killed since. */
export class LabAgent extends Agent {
  readonly #connector: Connector

  constructor(connector: Connector) {
    super({ keepAlive: false, maxSockets })
    this.#connector = connector
  }

  override createConnection(
    options: RequestOptions & { readonly host?: string | null; readonly port?: number | string | null },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const target = { host: options.host ?? '127.0.0.1', port: Number(options.port ?? 80) }
    this.#connector.connect(target).then(
      (socket) => callback?.(null, socket),
      // Node's type asks for a stream beside an error, which Node itself never looks at.
      (error: unknown) => (callback as ((error: unknown) => void) | undefined)?.(error),
    )
    return undefined
  }
}

/** One HTTP request; answers of every status are answers. TIMEOUT, or UNAVAILABLE when nobody listens. */
export async function httpRequest(agent: Agent, url: string | URL, init: HttpInit = {}): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, timeoutMs = 10_000 } = init
  const signal = AbortSignal.timeout(timeoutMs)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request(url, { agent, method, headers: { ...headers }, signal }, resolve)
  outgoing.on('error', reject)
  outgoing.end(body)
  try {
    const answer = await promise
    return toAnswer(answer, await readBody(answer))
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    if (signal.aborted)
      throw new FleetError('TIMEOUT', `No answer from ${String(url)} within ${timeoutMs} ms`, { timeoutMs })
    throw new FleetError('UNAVAILABLE', `The connection to ${String(url)} broke: ${String(cause)}`, {}, { cause })
  }
}

async function readBody(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new FleetError('TOO_LARGE', 'The answer is larger than 32 MiB', { maxBodyBytes })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toAnswer(answer: IncomingMessage, body: Buffer): HttpAnswer {
  const text = (): string => body.toString('utf8')
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body,
    text,
    json() {
      try {
        return JSON.parse(text()) as unknown
      } catch (cause) {
        throw new FleetError('INPUT_INVALID', `The answer is no JSON: ${text().slice(0, 200)}`, {}, { cause })
      }
    },
  }
}
