import type { Clock, FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { BackoffBook } from './backoff-book.ts'
import type { Incidents } from './incidents.ts'
import { type RateLimit, RateLimiter } from './rate-limiter.ts'

/** How many offences are put up with: honest members commit none, but software differs and memory has bit errors. */
const tolerance: RateLimit = { burst: 5, perMinute: 2 }

export interface ConductDeps {
  readonly clock: Clock
  readonly incidents: Incidents
  /** Peers that may not connect for a while. */
  readonly penalties: BackoffBook
  readonly disconnect: (peer: PeerIdText, why: FleetError) => void
}

/** Counts what members do wrong. Who goes on is disconnected and kept out for a while. */
export class Conduct {
  readonly #deps: ConductDeps
  readonly #tolerance: RateLimiter

  constructor(deps: ConductDeps) {
    this.#deps = deps
    this.#tolerance = new RateLimiter(deps.clock, tolerance)
  }

  offence(peer: PeerIdText, kind: string, error: FleetError): void {
    this.#deps.incidents.report(peer, kind, error)
    if (this.#tolerance.take(peer)) return
    this.#deps.penalties.defer(peer)
    this.#deps.disconnect(peer, error)
  }
}
