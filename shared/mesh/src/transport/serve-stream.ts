import { type Clock, FleetError, toFleetError } from '@wrale/kernel'
import type { FrameStream } from './transport.ts'

/** How long a stream whose handler is through waits for its other end to be through too, ms. */
const lingerMs = 5000

export interface EndingStream extends FrameStream {
  /** Resolves when both directions are over, in whatever way. */
  readonly over: Promise<void>
}

/** Lets a handler serve a stream, which ends with it: in an orderly way, or broken when the handler fails. Never throws. */
export async function serveStream(clock: Clock, stream: EndingStream, handler: () => Promise<void>): Promise<void> {
  try {
    await handler()
    await stream.close()
  } catch (error) {
    stream.abort(toFleetError(error))
    return
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.schedule(lingerMs, resolve)
  await Promise.race([promise, stream.over])
  cancel()
  stream.abort(new FleetError('TIMEOUT', 'the other side did not end the stream'))
}
