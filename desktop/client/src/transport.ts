import type { ClientContext, ClientLink } from '@orpc/client'
import { StandardRPCLink } from '@orpc/client/standard'
import type { AnyContractRouter } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import type { StandardLazyResponse, StandardRequest } from '@orpc/standard-server'
import { type Clock, FleetError, systemClock } from '@wrale/kernel'
import { coreContract } from '@wrale/protocol/api/core-contract'
import { Connection, type Pipe } from './connection.ts'

/** A way to a station. Connections are opened when a call needs one and shared by all calls. */
export interface Transport {
  readonly link: ClientLink<ClientContext>
  /** Closes the connection; calls under way fail with ABORTED, later ones too. */
  close(): void
}

export interface TransportOptions {
  /** Longest silence of the station while something is awaited, ms; then the connection counts as dead. Default 8000. */
  readonly silenceMs?: number
  readonly clock?: Clock
}

/** What a pipe tells its owner. */
export interface PipeEvents {
  /** A message arrived. */
  receive(message: unknown): void
  /** The other side closed the pipe, or it broke. */
  closed(error: FleetError): void
}

/** Opens one pipe. @throws FleetError UNAVAILABLE, UNAUTHENTICATED or TIMEOUT */
export type OpenPipe = (events: PipeEvents) => Promise<Pipe>

export function transportOver(openPipe: OpenPipe, options: TransportOptions = {}): Transport {
  const { clock = systemClock, silenceMs = 8000 } = options
  let current: Promise<Connection> | undefined
  let ended: FleetError | undefined

  const open = async (): Promise<Connection> => {
    const opening: { connection?: Connection; closedBy?: FleetError } = {}
    const pipe = await openPipe({
      receive: (message) => opening.connection?.receive(message),
      closed: (error) => {
        opening.closedBy ??= error
        opening.connection?.close(error)
      },
    })
    const opened = (opening.connection = new Connection(pipe, { clock }, { silenceMs }))
    const reason = ended ?? opening.closedBy
    if (reason === undefined) return opened
    opened.close(reason)
    throw reason
  }

  const connection = async (): Promise<Connection> => {
    if (ended !== undefined) throw ended
    const attempt = (current ??= open())
    const opened = await attempt.catch(() => undefined)
    if (opened?.closed === false) return opened
    if (current === attempt) current = undefined
    // An attempt that failed is reported as it is; a connection that closed meanwhile is replaced.
    return opened === undefined ? attempt : connection()
  }

  const call = async (request: StandardRequest): Promise<StandardLazyResponse> => {
    const opened = await connection()
    request.signal?.throwIfAborted()
    const response = await opened.request(request)
    return { ...response, body: () => Promise.resolve(response.body) }
  }

  const linkOf = (router: AnyContractRouter): ClientLink<ClientContext> =>
    new StandardRPCLink<ClientContext>(
      { call },
      { url: 'http://orpc', plugins: [new ResponseValidationPlugin(router)] },
    )
  const core = linkOf(coreContract)
  let control: Promise<ClientLink<ClientContext>> | undefined
  /** What checks a node's own answers is loaded when one is asked for: the first screen does without. */
  const controlLink = (): Promise<ClientLink<ClientContext>> =>
    (control ??= import('@wrale/protocol/api/node-control-contract').then(
      ({ nodeControlContract }) => linkOf({ nodes: nodeControlContract }),
      (error: unknown) => {
        control = undefined
        throw new FleetError('UNAVAILABLE', 'a part of the program could not be loaded', {}, { cause: error })
      },
    ))

  return {
    link: {
      call: async (path, input, callOptions) =>
        (isCore(path) ? core : await controlLink()).call(path, input, callOptions),
    },
    close() {
      const reason = (ended ??= new FleetError('ABORTED', 'the client was closed'))
      void current?.then(
        (opened) => opened.close(reason),
        () => undefined,
      )
    },
  }
}

function isCore(path: readonly string[]): boolean {
  const [group = '', procedure = ''] = path
  return group !== 'nodes' || Object.hasOwn(coreContract.nodes, procedure)
}
