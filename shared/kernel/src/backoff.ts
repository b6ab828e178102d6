export interface BackoffOptions {
  /** Upper bound of the first wait, milliseconds. */
  readonly firstMs: number
  /** Upper bound that no wait exceeds, milliseconds. */
  readonly maxMs: number
}

/**
 * Wait before retry number `attempt` (from 0): "equal jitter", uniform between half and all of an exponentially growing
 * bound, so that many members that lost the same peer do not come back at once.
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, options: BackoffOptions, random: number = Math.random()): number {
  const bound = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30))
  return Math.round(bound / 2 + (bound / 2) * random)
}
