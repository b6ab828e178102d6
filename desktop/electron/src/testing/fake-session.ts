import { EventEmitter } from 'node:events'
import type { CallbackResponse, OnBeforeRequestListenerDetails, Session } from 'electron'
import type { LockedSession } from '../shell/session-lock.ts'

type Given<K extends Setter> = NonNullable<Parameters<Session[K]>[0]>
type Setter =
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setBluetoothPairingHandler'
  | 'setDisplayMediaRequestHandler'
type RequestListener = (details: OnBeforeRequestListenerDetails, callback: (response: CallbackResponse) => void) => void

/** A session that keeps the handlers that it was given. */
export class FakeSession extends EventEmitter implements LockedSession {
  permissionRequest: Given<'setPermissionRequestHandler'> | undefined
  permissionCheck: Given<'setPermissionCheckHandler'> | undefined
  devicePermission: Given<'setDevicePermissionHandler'> | undefined
  bluetoothPairing: Given<'setBluetoothPairingHandler'> | undefined
  displayMedia: Given<'setDisplayMediaRequestHandler'> | undefined
  spellChecker = true
  request: RequestListener | undefined

  readonly webRequest = {
    onBeforeRequest: (...given: unknown[]): void => void (this.request = given.at(-1) as RequestListener),
  }

  setPermissionRequestHandler(handler: Parameters<Session['setPermissionRequestHandler']>[0]): void {
    this.permissionRequest = handler ?? undefined
  }

  setPermissionCheckHandler(handler: Parameters<Session['setPermissionCheckHandler']>[0]): void {
    this.permissionCheck = handler ?? undefined
  }

  setDevicePermissionHandler(handler: Parameters<Session['setDevicePermissionHandler']>[0]): void {
    this.devicePermission = handler ?? undefined
  }

  setBluetoothPairingHandler(handler: Parameters<Session['setBluetoothPairingHandler']>[0]): void {
    this.bluetoothPairing = handler ?? undefined
  }

  setDisplayMediaRequestHandler(handler: Parameters<Session['setDisplayMediaRequestHandler']>[0]): void {
    this.displayMedia = handler ?? undefined
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled
  }
}
