import { type Clock, FleetError } from '@wrale/kernel'
import { RateLimiter } from '../../rate-limiter.ts'

/** Wrong codes that one host may try, and all together: at this rate 55 unknown bits take a thousand million years. */
const byHost = { burst: 8, perMinute: 4 }
const total = { burst: 24, perMinute: 12 }

/** Slows down guessing at a claim code. A right guess costs nothing. */
export class GuessGuard {
  readonly #byHost: RateLimiter
  readonly #total: RateLimiter

  constructor(clock: Clock) {
    this.#byHost = new RateLimiter(clock, byHost)
    this.#total = new RateLimiter(clock, total)
  }

  /** @throws FleetError RATE_LIMITED */
  allow(host: string): void {
    if (!this.#byHost.take(host)) throw tooMany()
    if (this.#total.take('')) return
    this.#byHost.giveBack(host)
    throw tooMany()
  }

  guessed(host: string): void {
    this.#byHost.giveBack(host)
    this.#total.giveBack('')
  }
}

function tooMany(): FleetError {
  return new FleetError('RATE_LIMITED', 'too many wrong claim codes were tried on this machine: wait a minute')
}
