import { type BackoffOptions, backoffMs } from '@wrale/kernel'

export interface RestartOptions extends BackoffOptions {
  /** Restarts in a row that are tried before giving up. Default 5. */
  readonly maxRestarts: number
  /** A run of this length counts as a good one: after it the count starts again, ms. Default 60,000. */
  readonly steadyMs: number
}

export const defaultRestarts: RestartOptions = { maxRestarts: 5, steadyMs: 60_000, firstMs: 500, maxMs: 15_000 }

/** Decides whether, and after which wait, something that ended by itself is started again. */
export class RestartBudget {
  readonly #options: RestartOptions
  readonly #random: () => number
  #restarts = 0

  /** @param random numbers in [0, 1) */
  constructor(options: RestartOptions = defaultRestarts, random: () => number = Math.random) {
    this.#options = options
    this.#random = random
  }

  /** Wait before the next start, ms; undefined when it is not to be started again. */
  next(ranForMs: number): number | undefined {
    if (ranForMs >= this.#options.steadyMs) this.#restarts = 0
    if (this.#restarts >= this.#options.maxRestarts) return undefined
    return backoffMs(this.#restarts++, this.#options, this.#random())
  }

  /** A person asked for another try. */
  reset(): void {
    this.#restarts = 0
  }
}
