import { type Clock, FleetError, toFleetError } from '@wrale/kernel'
import type { FrameStream } from './transport/transport.ts'

/**
 * Runs `task` with a signal that aborts after `limitMs` or with `parent`, and leaves no timer or listener behind.
 * The abort reason is a FleetError TIMEOUT, or the parent's reason.
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const forward = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) forward()
  parent?.addEventListener('abort', forward, { once: true })
  const cancel = clock.schedule(limitMs, () => {
    controller.abort(new FleetError('TIMEOUT', `no answer within ${limitMs} ms`))
  })
  try {
    return await task(controller.signal)
  } catch (error) {
    // Libraries replace the reason of an abort by errors of their own.
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    cancel()
    parent?.removeEventListener('abort', forward)
  }
}

/**
 * As `withDeadline`, for a task that serves a stream: the stream is aborted when the time is up or `parent` aborts.
 * @param limitMs how long the task may take, ms
 */
export function serveWithin(
  clock: Clock,
  limitMs: number,
  parent: AbortSignal,
  stream: Pick<FrameStream, 'abort'>,
  task: () => Promise<void>,
): Promise<void> {
  return withDeadline(clock, limitMs, parent, async (signal) => {
    const end = (): void => stream.abort(toFleetError(signal.reason, 'ABORTED'))
    signal.addEventListener('abort', end, { once: true })
    try {
      await task()
    } finally {
      signal.removeEventListener('abort', end)
    }
  })
}
