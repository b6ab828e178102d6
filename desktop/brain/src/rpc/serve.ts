import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { ServerPeer } from '@orpc/standard-server-peer'
import { FleetError, type Logger, toFleetError } from '@wrale/kernel'
import { z } from 'zod'
import type { CallContext } from './context.ts'
import { wireErrorOf } from './errors.ts'
import type { Router } from './router.ts'

/** Longest message taken from a client, characters. */
const maxMessageLength = 256 * 1024
/** Most calls and streams of one client under way at the same time. */
const maxCalls = 64

const abortSignal = 4
/**
 * Envelope of a client's message: a request, or the end of one. Streams towards the station are not part of the contract and are
 * refused here, because nothing would bound what waits of them.
 */
const messageSchema = z.union([
  z.object({
    i: z.string().max(32),
    t: z.undefined().optional(),
    p: z.object({
      u: z.string().startsWith('/').max(256),
      m: z.undefined().optional(),
      h: z
        .record(z.string(), z.unknown())
        .refine((headers) => !('content-type' in headers))
        .optional(),
    }),
  }),
  z.object({ i: z.string().max(32), t: z.literal(abortSignal) }),
])

const gone = new FleetError('ABORTED', 'the client is gone')

/** The other end of a client's pipe. */
export interface ClientPipe {
  /** Resolves when the pipe can take more: a stream waits for it, so a slow client slows down only itself. */
  send(message: string): Promise<void>
  /** Ends the pipe because of what the client sent. */
  fault(error: FleetError): void
}

/** One client's calls. */
export interface ServedClient {
  /** Takes one message of the client. Never throws. */
  receive(message: unknown): void
  /** The pipe is gone: everything under way is given up. */
  close(): void
}

export type ServeClient = (pipe: ClientPipe, context: CallContext) => ServedClient

/** Serves the router over any pipe that moves strings. */
export function rpcServer(router: Router, logger: Logger): ServeClient {
  const handler = new StandardRPCHandler<CallContext>(router, {
    clientInterceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          throw wireErrorOf(error, logger)
        }
      },
    ],
  })
  return (pipe, context) => {
    const carryOut = createServerPeerHandleRequestFn(handler, { context })
    const peer = new ServerPeer(async (message) => {
      if (closed) throw gone
      if (typeof message !== 'string') throw new FleetError('INTERNAL', 'binary messages are not part of the contract')
      await pipe.send(message)
    })
    // Messages are taken apart a moment after they arrive: what arrived before the end must not begin after it.
    const handle: typeof carryOut = (request) => {
      if (closed) throw gone
      return carryOut(request)
    }
    let calls = 0
    let closed = false
    const close = (): void => {
      closed = true
      peer.close()
    }
    const fault = (error: FleetError): void => {
      if (closed) return
      close()
      pipe.fault(error)
    }
    const receive = async (message: string): Promise<void> => {
      calls += 1
      try {
        await peer.message(message, handle)
      } catch (error) {
        fault(toFleetError(error))
      } finally {
        calls -= 1
      }
    }
    return {
      receive(message) {
        if (closed) return
        const refusal = refusalOf(message)
        if (refusal !== undefined) fault(refusal)
        else if (calls >= maxCalls) fault(new FleetError('RATE_LIMITED', `${maxCalls} calls are under way already`))
        else void receive(message as string)
      },
      close,
    }
  }
}

function refusalOf(message: unknown): FleetError | undefined {
  if (typeof message !== 'string') return new FleetError('FRAME_INVALID', 'messages are text')
  if (message.length > maxMessageLength) {
    return new FleetError('FRAME_TOO_LARGE', `a message may have ${maxMessageLength} characters`)
  }
  try {
    messageSchema.parse(JSON.parse(message))
    return undefined
  } catch (error) {
    return new FleetError('FRAME_INVALID', 'a message is not a call', {}, { cause: error })
  }
}
