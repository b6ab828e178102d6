import type { Connection, MultiaddrConnection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type Clock, FleetError } from '@wrale/kernel'
import type { Incidents } from '../../../incidents.ts'
import { type RateLimit, RateLimiter } from '../../../rate-limiter.ts'

/** Connections that one host may open; a whole fleet may sit behind one host. */
const byHost: RateLimit = { burst: 64, perMinute: 3840 }
/** Connections of one host that may be on their way through the handshakes at once, so that it cannot take everybody's place. */
const maxPendingOfHost = 32

export interface InboundGuardDeps {
  readonly clock: Clock
  readonly incidents: Incidents
}

/** Turns connections away before anything is spent on them, when their host has too many. */
export class InboundGuard {
  readonly #incidents: Incidents
  readonly #rate: RateLimiter
  /** By host, the addresses from which connections come that are not through yet. */
  readonly #pending = new Map<string, Set<string>>()

  constructor({ clock, incidents }: InboundGuardDeps) {
    this.#incidents = incidents
    this.#rate = new RateLimiter(clock, byHost)
  }

  /** @returns whether the connection is to be turned away; if not, it counts until it is through or closes */
  denies(connection: Pick<MultiaddrConnection, 'remoteAddr' | 'addEventListener'>): boolean {
    const { remoteAddr } = connection
    const host = hostOf(remoteAddr)
    const pending = this.#pending.get(host) ?? new Set<string>()
    if (pending.size >= maxPendingOfHost || !this.#rate.take(host)) {
      const error = new FleetError('RATE_LIMITED', `too many connections from ${host}`, { host })
      this.#incidents.report(null, 'connection-flood', error)
      return true
    }
    this.#pending.set(host, pending.add(remoteAddr.toString()))
    connection.addEventListener('close', () => this.#through(remoteAddr), { once: true })
    return false
  }

  /** A connection is through the handshakes. */
  opened({ remoteAddr }: Pick<Connection, 'remoteAddr'>): void {
    this.#through(remoteAddr)
  }

  #through(address: Multiaddr): void {
    const host = hostOf(address)
    const pending = this.#pending.get(host)
    if (pending?.delete(address.toString()) === true && pending.size === 0) this.#pending.delete(host)
  }
}

function hostOf(address: Multiaddr): string {
  return address.getComponents()[0]?.value ?? ''
}
