import { FleetError } from '@wrale/kernel'
import { connect, type Socket } from 'node:net'
import { encodeTarget, readLine, type Target } from './connector-wire.ts'
import type { LabProcess } from './process.ts'

/** Opens TCP connections as seen from one machine of a lab. */
export interface Connector {
  /** UNAVAILABLE with the system's error code in its data when the other side cannot be reached. */
  connect(target: Target): Promise<Socket>
}

/** For a lab without namespaces: the machine is this one. */
export const directConnector: Connector = {
  connect: (target) => opened(connect({ ...target, noDelay: true }), target),
}

/** Through a helper process in the namespace, which is started by the first connection and then kept. */
export class NamespaceConnector implements Connector {
  readonly #path: string
  readonly #start: () => LabProcess
  #helper: Promise<LabProcess> | undefined

  /** `start` runs connector-process.ts inside the namespace, with a pipe as its input, to listen on `path`. */
  constructor(path: string, start: () => LabProcess) {
    this.#path = path
    this.#start = start
  }

  async connect(target: Target): Promise<Socket> {
    await this.#ready()
    const socket = await opened(connect({ path: this.#path }), target)
    socket.write(encodeTarget(target))
    const answer = await readLine(socket).catch((cause: unknown) => {
      throw unreachable(target, 'ECONNRESET', cause)
    })
    if (answer === 'ok') return socket
    socket.destroy()
    throw unreachable(target, answer)
  }

  /** One helper however many ask at once, and a new one after a power cut has taken it with all else in its namespace. */
  async #ready(): Promise<void> {
    this.#helper ??= this.#launch()
    const current = this.#helper
    const ended = await current.then(
      (helper) => helper.ended !== undefined,
      () => true,
    )
    if (!ended) return
    if (this.#helper === current) this.#helper = this.#launch()
    await this.#helper
  }

  async #launch(): Promise<LabProcess> {
    const helper = this.#start()
    await helper.waitForLine('listening')
    return helper
  }
}

async function opened(socket: Socket, target: Target): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const onError = (error: NodeJS.ErrnoException): void =>
    reject(unreachable(target, error.code ?? 'ECONNREFUSED', error))
  socket.once('error', onError)
  socket.once('connect', () => {
    socket.off('error', onError)
    // Errors after this are for the reader, who learns of them by the close; without a listener they would end the process.
    socket.on('error', () => undefined)
    resolve(socket)
  })
  return await promise
}

function unreachable(target: Target, systemCode: string, cause?: unknown): FleetError {
  const where = `${target.host}:${target.port}`
  return new FleetError('UNAVAILABLE', `Cannot connect to ${where}: ${systemCode}`, { where, systemCode }, { cause })
}
