import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { type Clock, FleetError, systemClock } from '@wrale/kernel'
import type { Contract } from '@wrale/protocol/api'
import { errorOfCall } from './errors.ts'
import type { Transport } from './transport.ts'

/** Every call of the contract. A call takes `(input, { signal })` and rejects with FleetErrors only. */
export type FleetClient = ContractRouterClient<Contract>

export interface FleetClientOptions {
  /** Longest wait for an answer, or for a stream to begin, ms; then TIMEOUT. Default 10,000. */
  readonly callTimeoutMs?: number
  readonly clock?: Clock
}

export function createFleetClient(transport: Pick<Transport, 'link'>, options: FleetClientOptions = {}): FleetClient {
  const { callTimeoutMs = 10_000, clock = systemClock } = options
  const link: ClientLink<ClientContext> = {
    async call(path, input, callOptions) {
      const deadline = new AbortController()
      const timedOut = new FleetError('TIMEOUT', `the station did not answer in ${callTimeoutMs / 1000} s`)
      const cancel = clock.schedule(callTimeoutMs, () => deadline.abort(timedOut))
      const given = callOptions.signal
      const signal = given === undefined ? deadline.signal : AbortSignal.any([given, deadline.signal])
      try {
        const output = await withSignal(transport.link.call(path, input, { ...callOptions, signal }), signal)
        return isStream(output) ? streamOf(output, signal) : output
      } catch (error) {
        throw given?.aborted === true ? aborted(given) : errorOfCall(error)
      } finally {
        cancel()
      }
    },
  }
  return createORPCClient(link)
}

/** Rejects as soon as the signal aborts, also while the transport is still opening a connection that others share. */
async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, interrupted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function* streamOf(stream: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator {
  try {
    yield* stream
  } catch (error) {
    throw signal.aborted ? aborted(signal) : errorOfCall(error)
  }
}

function aborted(signal: AbortSignal): FleetError {
  return signal.reason instanceof FleetError
    ? signal.reason
    : new FleetError('ABORTED', 'the call was given up', {}, { cause: signal.reason })
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output
}
