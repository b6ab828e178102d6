import { createHash } from 'node:crypto'
import { chmod, rm, stat } from 'node:fs/promises'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FleetError, isFleetErrorCode, toFleetError } from '@wrale/kernel'
import { errnoOf } from './storage-error.ts'

/** Longest path of a Unix socket on Linux, bytes, less the closing zero (unix(7)). */
const maxSocketPath = 107
const maxBodyBytes = 64 * 1024
const callTimeoutMs = 10_000

/** Answers one call. `params` is whatever the caller sent: the handler checks it. What is returned must be plain JSON. */
export type ControlHandler = (params: unknown) => unknown

export interface ControlSocket {
  close(): Promise<void>
}

/**
 * Where the control socket of a state folder is: in it, or, where that path would be too long for a socket, in the folder for
 * temporary files under a name made from the path.
 */
export function controlSocketPath(stateDirectory: string): string {
  const inside = join(resolve(stateDirectory), 'control.sock')
  if (Buffer.byteLength(inside) <= maxSocketPath) return inside
  return join(tmpdir(), `wrale-${createHash('sha256').update(inside).digest('hex').slice(0, 24)}.sock`)
}

/**
 * Serves commands of the same machine's same user on a Unix socket (mode 0600): HTTP, so that any tool can speak to it;
 * POST /METHOD with a JSON body, answered by {result} or {error: {code, message}}.
 */
export async function serveControl(
  path: string,
  handlers: Readonly<Record<string, ControlHandler>>,
): Promise<ControlSocket> {
  await rm(path, { force: true })
  const server = createServer({ requestTimeout: callTimeoutMs, maxHeaderSize: 4096 }, (request, response) => {
    const name = (request.url ?? '').slice(1)
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBodyBytes) chunks.push(chunk)
    })
    request.on('end', () => {
      void answer(handlers, name, size > maxBodyBytes ? undefined : Buffer.concat(chunks)).then((body) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      })
    })
  })
  await listen(server, path)
  await chmod(path, 0o600)
  return {
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(path, { force: true })
    },
  }
}

/** Waits 10 s for an answer by default. @throws FleetError NOT_RUNNING when nobody listens, TIMEOUT, or the error that the handler answered with */
export async function callControl(
  path: string,
  method: string,
  params: unknown = null,
  { timeoutMs = callTimeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<unknown> {
  await checkOwner(path)
  const text = await new Promise<string>((resolve, reject) => {
    const request = httpRequest(
      { socketPath: path, path: `/${method}`, method: 'POST', timeout: timeoutMs },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve(body))
        response.on('error', reject)
      },
    )
    request.on('timeout', () => request.destroy(new FleetError('TIMEOUT', 'the daemon did not answer')))
    request.on('error', (error) => reject(callError(error, path)))
    request.end(JSON.stringify(params))
  })
  const reply: unknown = JSON.parse(text)
  if (isRecord(reply) && isRecord(reply['error'])) {
    const { code, message } = reply['error']
    throw new FleetError(isFleetErrorCode(code) ? code : 'INTERNAL', String(message))
  }
  return isRecord(reply) ? reply['result'] : undefined
}

async function answer(
  handlers: Readonly<Record<string, ControlHandler>>,
  name: string,
  body: Buffer | undefined,
): Promise<unknown> {
  try {
    if (body === undefined) throw new FleetError('TOO_LARGE', `a request may have ${maxBodyBytes} bytes`)
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
    if (handler === undefined) throw new FleetError('NOT_FOUND', `no such command: ${name.slice(0, 40)}`)
    return { result: (await handler(parse(body))) ?? null }
  } catch (error) {
    const { code, message } = toFleetError(error)
    return { error: { code, message } }
  }
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? null : JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new FleetError('INPUT_INVALID', 'the request is not JSON', {}, { cause: error })
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(toFleetError(error, 'STATE_DIR_FORBIDDEN')))
    server.listen(path, resolve)
  })
}

function callError(error: Error, path: string): FleetError {
  if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(errnoOf(error) ?? '')) {
    return new FleetError(
      'NOT_RUNNING',
      'no daemon is running on this state folder',
      { socket: path },
      { cause: error },
    )
  }
  return toFleetError(error)
}

/** A socket that another user put there must not hear what is said. Root may speak to everyone's. */
async function checkOwner(path: string): Promise<void> {
  const uid = process.getuid?.()
  const owner = await stat(path).then(
    (found) => found.uid,
    () => undefined,
  )
  if (owner === undefined)
    throw new FleetError('NOT_RUNNING', 'no daemon is running on this state folder', { socket: path })
  if (uid !== undefined && uid !== 0 && owner !== uid) {
    throw new FleetError('FORBIDDEN', 'the daemon on this state folder belongs to another user', { socket: path })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
