import { hostname } from 'node:os'
import { isIP } from 'node:net'
import { FleetError } from '@wrale/kernel'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/** Where the station listens, as far as it decides by which names it may be called. */
export type AcceptedHosts = (host: string) => boolean

/**
 * Names by which a browser may call a station that is bound to `boundHost`. A page of another site can make its own name point here
 * (DNS rebinding), so only names that cannot be someone else's are accepted: loopback, the bound host, and for a station bound to all
 * interfaces any numeric address and the machine's own name.
 */
export function acceptedHosts(boundHost: string): AcceptedHosts {
  const bound = bracketed(boundHost.toLowerCase())
  const isWildcard = bound === '0.0.0.0' || bound === '[::]'
  const own = hostname().toLowerCase()
  return (host) => {
    if (loopbackNames.includes(host) || host === bound) return true
    return isWildcard && (isIP(unbracketed(host)) !== 0 || host === own || host === `${own}.local`)
  }
}

/** @throws FleetError INPUT_INVALID without a Host header, FORBIDDEN for a host that is not this station */
export function checkHost(hostHeader: string | undefined, accepted: AcceptedHosts): void {
  const name = nameOf(hostHeader)
  if (name === undefined) throw new FleetError('INPUT_INVALID', 'the request has no valid Host header')
  if (!accepted(name)) throw new FleetError('FORBIDDEN', 'this station is not called by that name: use its address')
}

/**
 * A browser says from which page a request comes; only pages of this station may change anything or open a live connection. Programs
 * that are no browsers send no Origin.
 * @throws FleetError FORBIDDEN
 */
export function checkOrigin(originHeader: string | undefined, hostHeader: string | undefined): void {
  if (originHeader === undefined) return
  if (URL.parse(originHeader)?.host !== hostHeader?.toLowerCase()) {
    throw new FleetError('FORBIDDEN', 'requests from pages of other origins are refused')
  }
}

export function isLoopback(boundHost: string): boolean {
  return loopbackNames.includes(bracketed(boundHost.toLowerCase())) || boundHost.startsWith('127.')
}

/** A host as it stands in a URL. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function nameOf(hostHeader: string | undefined): string | undefined {
  if (hostHeader === undefined || !/^[A-Za-z0-9.:[\]_-]{1,260}$/.test(hostHeader)) return undefined
  return URL.parse(`http://${hostHeader}`)?.hostname.toLowerCase()
}
