import type { Session } from 'electron'
import type { Logger } from '@wrale/kernel'
import { appOrigin, isAppUrl } from '../pages/scheme.ts'

/** What is used of a session to lock it. */
export type LockedSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setBluetoothPairingHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setSpellCheckerEnabled'
> & {
  readonly webRequest: Pick<Session['webRequest'], 'onBeforeRequest'>
  on(event: 'will-download', listener: (event: { preventDefault(): void }) => void): unknown
}

export interface SessionLockOptions {
  /** Lets the developer tools load their own pages. Only where the app is not packaged. */
  readonly devTools: boolean
}

/** The one permission that the app's own top page has: to put text on the clipboard, for "copy command". */
const clipboardWrite = 'clipboard-sanitized-write'

/** Whether a request for `permission` from a page is granted. */
export function isGranted(
  permission: string,
  requester: { readonly url: string; readonly isMainFrame: boolean },
): boolean {
  return permission === clipboardWrite && requester.isMainFrame && isAppUrl(requester.url)
}

/** Whether the pages may load this. Everything they need is in the app; what is remote is never loaded. */
export function mayLoad(url: string, options: SessionLockOptions): boolean {
  return isAppUrl(url) || isInlineImage(url) || (options.devTools && url.startsWith('devtools://'))
}

function isInlineImage(url: string): boolean {
  return /^data:image\/(svg\+xml|png|jpeg|webp|gif)[;,]/.test(url)
}

/** Denies pages of a session all devices, permissions, downloads and everything that would come from a network. */
export function lockSession(session: LockedSession, logger: Logger, options: SessionLockOptions): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(isGranted(permission, { url: details.requestingUrl, isMainFrame: details.isMainFrame }))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    const url = details.requestingUrl ?? requestingOrigin
    return (
      requestingOrigin.replace(/\/$/, '') === appOrigin &&
      isGranted(permission, { url, isMainFrame: details.isMainFrame })
    )
  })
  session.setDevicePermissionHandler(() => false)
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }))
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
  // The spell checker would fetch its dictionaries.
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest(({ url, resourceType }, callback) => {
    const cancel = !mayLoad(url, options)
    if (cancel) logger.warn('request out of the app denied', { resourceType })
    callback({ cancel })
  })
}
