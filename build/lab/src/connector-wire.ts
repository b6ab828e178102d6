import type { Socket } from 'node:net'

/** Longest line that either side of a connector sends, bytes: a host name and a port fit. */
const maxLine = 300

export interface Target {
  readonly host: string
  readonly port: number
}

export function encodeTarget(target: Target): string {
  return `${JSON.stringify(target)}\n`
}

/** Undefined for what is no target: the connector answers it with an error and nothing else. */
export function decodeTarget(line: string): Target | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('host' in value) || !('port' in value)) return undefined
    const { host, port } = value
    if (typeof host !== 'string' || typeof port !== 'number') return undefined
    return Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : undefined
  } catch {
    return undefined
  }
}

/** Reads one line from a fresh connection and leaves what follows it to the next reader. */
export async function readLine(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let read = Buffer.alloc(0)
  // Read on demand, not in flow: a socket whose flow was paused would stay so when it is handed to an HTTP client.
  const onReadable = (): void => {
    const chunk: unknown = socket.read()
    if (!Buffer.isBuffer(chunk)) return
    read = Buffer.concat([read, chunk])
    const end = read.indexOf('\n')
    if (end < 0 && read.length <= maxLine) return
    stop()
    if (end < 0) {
      reject(new Error('The line is too long'))
      return
    }
    const rest = read.subarray(end + 1)
    if (rest.length > 0) socket.unshift(rest)
    resolve(read.toString('utf8', 0, end))
  }
  const onEnd = (): void => {
    stop()
    reject(new Error('The connection ended'))
  }
  const stop = (): void => {
    socket.off('readable', onReadable)
    socket.off('end', onEnd)
    socket.off('close', onEnd)
  }
  socket.on('readable', onReadable)
  socket.on('end', onEnd)
  socket.on('close', onEnd)
  return await promise
}
