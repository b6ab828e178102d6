import type { Station } from '@wrale/brain'
import type { Session } from '@wrale/protocol/api'

/** What a request shows of who sends it. */
export interface Shown {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** Remote address. */
  readonly caller: string
}

/**
 * Name of the session cookie. Browsers do not keep cookies of two ports of one host apart, so the port is in the name: two stations on
 * one machine do not sign each other out.
 */
export function sessionCookie(port: number): string {
  return `wrale_session_${port}`
}

/** @throws FleetError UNAUTHENTICATED, RATE_LIMITED */
export function authenticate(station: Pick<Station, 'access'>, shown: Shown, cookieName: string): Session {
  const bearer = /^Bearer +(\S{1,256})$/i.exec(shown.authorization ?? '')?.[1]
  return station.access.authenticate({ bearer, cookie: cookieValue(shown.cookie, cookieName) }, shown.caller)
}

export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';', 64)) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined && value.length <= 256) return value
  }
  return undefined
}
