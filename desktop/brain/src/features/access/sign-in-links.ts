import type { Clock } from '@wrale/kernel'
import { hashOf, newSecret } from './secrets.ts'

const lifeMs = 15 * 60_000
/** Most links that are good at the same time; a further one takes the place of the oldest. */
const maxLinks = 32

/** One-time codes that sign in a browser. Only their hashes are held, and only in memory: a restart ends them. */
export class SignInLinks {
  readonly #clock: Clock
  /** Hash in hexadecimal to the end of its life on the monotonic clock, oldest first. */
  readonly #links = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  create(): { readonly code: string; readonly expiresAtWallMs: number } {
    const code = newSecret()
    const oldest = this.#links.keys().next().value
    if (this.#links.size >= maxLinks && oldest !== undefined) this.#links.delete(oldest)
    this.#links.set(hashOf(code).toString('hex'), this.#clock.monotonicMs() + lifeMs)
    return { code, expiresAtWallMs: this.#clock.wallMs() + lifeMs }
  }

  /** Uses a code up. @returns whether it was good */
  redeem(code: string): boolean {
    const hash = hashOf(code).toString('hex')
    const endsAtMs = this.#links.get(hash)
    this.#links.delete(hash)
    return endsAtMs !== undefined && this.#clock.monotonicMs() < endsAtMs
  }
}
