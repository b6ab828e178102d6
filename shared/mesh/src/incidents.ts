import { type Clock, Emitter, type FleetError, type Logger, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { RateLimiter } from './rate-limiter.ts'
import type { SecurityIncident } from './types.ts'

const maxMessageLength = 200

/** Tells what peers did that they may not. Logged at most so often for one peer, so that a peer cannot fill the log. */
export class Incidents {
  readonly #emitter = new Emitter<SecurityIncident>()
  readonly #logger: Logger
  readonly #logLimit: RateLimiter
  readonly reported: Signal<SecurityIncident> = this.#emitter

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#logLimit = new RateLimiter(clock, { burst: 5, perMinute: 2 })
  }

  report(peer: PeerIdText | null, kind: string, error: FleetError): void {
    // What a peer sent may be quoted in it.
    const message = error.message.slice(0, maxMessageLength)
    const incident: SecurityIncident = { peer, kind, code: error.code, message }
    if (this.#logLimit.take(peer ?? '')) this.#logger.warn('refused a peer', { ...incident })
    this.#emitter.emit(incident)
  }
}
