import type { Event, RenderProcessGoneDetails } from 'electron'
import { type Cancel, type Clock, FleetError, type Logger } from '@wrale/kernel'
import type { RestartBudget } from '../station/restart-budget.ts'

/** What is used of a page's contents to notice that it crashed. */
export interface CrashableContents {
  on(event: 'did-finish-load', listener: () => void): unknown
  on(event: 'render-process-gone', listener: (event: Event, details: RenderProcessGoneDetails) => void): unknown
  isDestroyed(): boolean
}

export interface WindowRecoveryDeps {
  readonly contents: CrashableContents
  /** Shows the app again. */
  readonly reload: () => void
  /** The window crashed too often. */
  readonly giveUp: (error: FleetError) => void
  readonly budget: RestartBudget
  readonly clock: Clock
  readonly logger: Logger
}

/** Loads the page again when its process crashed. @returns a function that ends it */
export function recoverWindow(deps: WindowRecoveryDeps): () => void {
  const { contents, reload, giveUp, budget, clock, logger } = deps
  let loadedMs = clock.monotonicMs()
  let cancel: Cancel = () => undefined
  contents.on('did-finish-load', () => (loadedMs = clock.monotonicMs()))
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    const waitMs = budget.next(clock.monotonicMs() - loadedMs)
    logger.warn('the process of the page ended by itself', { reason, exitCode, waitMs: waitMs ?? null })
    if (waitMs === undefined) {
      giveUp(
        new FleetError('INTERNAL', `the page of the app crashed again and again (${reason})`, { reason, exitCode }),
      )
      return
    }
    cancel = clock.schedule(waitMs, () => {
      if (!contents.isDestroyed()) reload()
    })
  })
  return () => cancel()
}
