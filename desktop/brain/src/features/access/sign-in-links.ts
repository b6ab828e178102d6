import { type Clock, FleetError } from '@wrale/kernel'
import { hashOf, newSecret } from './secrets.ts'

const lifeMs = 15 * 60_000
/** How long it is remembered that a link was used or ran out, ms, so that people are told which. */
const rememberMs = 3_600_000
/** Most links that are remembered; a further one takes the place of the oldest. */
const maxLinks = 64

interface Link {
  /** On the monotonic clock. */
  readonly endsAtMs: number
  used: boolean
}

/** One-time codes that sign in a browser. Only their hashes are held, and only in memory: a restart ends them. */
export class SignInLinks {
  readonly #clock: Clock
  /** By hash in hexadecimal, oldest first. */
  readonly #links = new Map<string, Link>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  create(): { readonly code: string; readonly expiresAtWallMs: number } {
    this.#forget()
    const code = newSecret()
    this.#links.set(hashOf(code).toString('hex'), { endsAtMs: this.#clock.monotonicMs() + lifeMs, used: false })
    return { code, expiresAtWallMs: this.#clock.wallMs() + lifeMs }
  }

  /** Uses a code up. @throws FleetError TOKEN_INVALID, TOKEN_USED_UP or TOKEN_EXPIRED */
  redeem(code: string): void {
    const link = this.#links.get(hashOf(code).toString('hex'))
    if (link === undefined) throw new FleetError('TOKEN_INVALID', 'this station does not know the link: make a new one')
    if (link.used) throw new FleetError('TOKEN_USED_UP', 'the link was used already: make a new one')
    if (this.#clock.monotonicMs() >= link.endsAtMs) {
      throw new FleetError('TOKEN_EXPIRED', 'the time of the link is over: make a new one')
    }
    link.used = true
  }

  #forget(): void {
    const now = this.#clock.monotonicMs()
    for (const [hash, { endsAtMs }] of this.#links) {
      if (this.#links.size >= maxLinks || now - endsAtMs > rememberMs) this.#links.delete(hash)
    }
  }
}
