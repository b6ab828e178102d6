/** Cancels a scheduled call; harmless when it has already run. */
export type Cancel = () => void

/** Time as a port, so that tests and simulations can own it. All values are milliseconds. */
export interface Clock {
  /** Wall clock since the Unix epoch. It may be wrong by decades and may jump: never decide trust or order by it alone. */
  wallMs(): number
  /** Since an arbitrary origin, never goes back, not affected by changes of the wall clock. */
  monotonicMs(): number
  /** Runs `task` once after `delayMs`. The timer does not keep a process alive. */
  schedule(delayMs: number, task: () => void): Cancel
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    timer.unref?.()
    return () => clearTimeout(timer)
  },
}

/**
 * Calls `task` every `periodMs` until cancelled, never two at once: the next wait begins when the task has settled.
 * A task that rejects is handed to `onError` and the loop goes on. Cancelling returns when the task under way has settled.
 */
export function repeat(
  clock: Clock,
  periodMs: number | (() => number),
  task: (signal: AbortSignal) => Promise<void> | void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const controller = new AbortController()
  let cancel: Cancel = () => undefined
  let running: Promise<void> = Promise.resolve()
  const arm = (): void => {
    if (controller.signal.aborted) return
    cancel = clock.schedule(typeof periodMs === 'number' ? periodMs : periodMs(), () => {
      running = (async () => {
        try {
          await task(controller.signal)
        } catch (error) {
          if (!controller.signal.aborted) onError(error)
        }
        arm()
      })()
    })
  }
  arm()
  return async () => {
    controller.abort()
    cancel()
    await running
  }
}
