import { FleetError, toFleetError } from '@wrale/kernel'
import { setTimeout as sleep } from 'node:timers/promises'

export interface PollOptions {
  /** Longest wait, ms. Default 15 000. */
  readonly timeoutMs?: number
  /** Between two looks, ms. Default 100. */
  readonly everyMs?: number
}

/**
 * For what announces itself by no event: looks until `look` gives something other than undefined or false. A look that throws is a
 * look in vain. TIMEOUT names `what` and how the last look failed.
 */
export async function poll<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  options: PollOptions = {},
): Promise<T> {
  const { timeoutMs = 15_000, everyMs = 100 } = options
  const deadline = performance.now() + timeoutMs
  let failure: unknown
  do {
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
      failure = undefined
    } catch (error) {
      failure = error
    }
    await sleep(everyMs)
  } while (performance.now() < deadline)
  const why = failure === undefined ? '' : `: ${toFleetError(failure).message}`
  throw new FleetError('TIMEOUT', `${what}: not within ${timeoutMs} ms${why}`, { timeoutMs }, { cause: failure })
}
