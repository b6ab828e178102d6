import type { CustomScheme } from 'electron'

/** The app's pages have a scheme of their own, so that neither `file:` nor any network origin is ever trusted. */
export const appScheme = 'wrale'
export const appHost = 'app'
export const appOrigin = `${appScheme}://${appHost}`
/** First page. */
export const appUrl = `${appOrigin}/`
/** Shown in place of the app when the station cannot be kept running. */
export const failurePath = '/~failure'
export const failureUrl = `${appOrigin}${failurePath}`

/**
 * `standard` gives the pages an origin, `secure` the APIs that browsers keep for secure contexts, `supportFetchAPI` module scripts.
 * Everything else, above all `bypassCSP`, `corsEnabled` and service workers, stays off.
 */
export const privilegedScheme: CustomScheme = {
  scheme: appScheme,
  privileges: {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    codeCache: true,
    bypassCSP: false,
    corsEnabled: false,
    allowServiceWorkers: false,
    allowExtensions: false,
    stream: false,
  },
}

/** True for addresses of the app's own pages, false for every other text, well-formed or not. */
export function isAppUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, port, username, password } = new URL(text)
  return protocol === `${appScheme}:` && hostname === appHost && port === '' && username === '' && password === ''
}

/** True for the app itself, false for the failure page and for everything that is not ours. */
export function isAppPage(text: string): boolean {
  return isAppUrl(text) && new URL(text).pathname !== failurePath
}
