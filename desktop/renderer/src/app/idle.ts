import type { Unsubscribe } from '@wrale/kernel'

/** What is used of the window; Safari cannot tell when it is idle. */
export type IdlePage = Pick<Window, 'setTimeout' | 'clearTimeout'> &
  Partial<Pick<Window, 'requestIdleCallback' | 'cancelIdleCallback'>>

export interface IdleOptions {
  /** A page that is never idle does it after this time, ms. 3000 */
  readonly timeoutMs?: number
  /** Where the browser cannot tell, it is done after this time, ms: the first screen is drawn by then. 500 */
  readonly blindWaitMs?: number
}

/**
 * Does something once, when the page has nothing else to do.
 * @returns forgets it, if it is not done yet
 */
export function whenIdle(page: IdlePage, run: () => void, options: IdleOptions = {}): Unsubscribe {
  const { timeoutMs = 3000, blindWaitMs = 500 } = options
  if (page.requestIdleCallback === undefined) {
    const timer = page.setTimeout(run, blindWaitMs)
    return () => page.clearTimeout(timer)
  }
  const idle = page.requestIdleCallback(() => run(), { timeout: timeoutMs })
  return () => page.cancelIdleCallback?.(idle)
}
