import type { CallbackResponse, DevicePermissionHandlerHandlerDetails, Response, Streams, WebContents } from 'electron'
import { silentLogger } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { FakeContents } from '../testing/fake-contents.ts'
import { FakeSession } from '../testing/fake-session.ts'
import { RecordingLogger } from '../testing/recording-logger.ts'
import { menuTemplate } from './menu.ts'
import { guardContents, mayNavigate } from './navigation.ts'
import { isGranted, lockSession, mayLoad } from './session-lock.ts'

describe('navigation', () => {
  it('leads nowhere but to the app’s own pages, whatever the address', () => {
    const scheme = fc.constantFrom(
      'http',
      'https',
      'file',
      'data',
      'javascript',
      'blob',
      'ws',
      'devtools',
      'chrome',
      'wrale',
      'about',
    )
    const authority = fc.oneof(
      fc.domain(),
      fc.constantFrom('app', 'app.', 'app:1', 'a@app', 'app@evil', 'app%00', 'APP', ''),
    )
    fc.assert(
      fc.property(scheme, authority, fc.webPath(), (name, host, path) => {
        const allowed = mayNavigate(`${name}://${host}${path}`)
        expect(allowed).toBe(name === 'wrale' && host === 'app')
      }),
    )
  })

  it('is not opened by any text that does not begin with the app’s address', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('wrale://app@\\.?#%')) }))
    const foreign = text.filter((address) => !/^\s*wrale:\/\/app(\/|\?|#|\s*$)/.test(address))
    fc.assert(
      fc.property(foreign, (address) => {
        expect(mayNavigate(address)).toBe(false)
      }),
    )
  })

  it('is guarded for top pages, frames and redirects', () => {
    const contents = new FakeContents()
    guardContents(contents, silentLogger)
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      expect(contents.wants(event, 'https://evil.example/')).toBe(true)
      expect(contents.wants(event, 'file:///etc/passwd')).toBe(true)
      expect(contents.wants(event, 'wrale://app/nodes')).toBe(false)
    }
  })

  it('opens no windows and embeds no views', () => {
    const contents = new FakeContents()
    guardContents(contents, silentLogger)
    const details = {
      frameName: '',
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'default' },
    } as const
    for (const url of ['https://evil.example/', 'wrale://app/']) {
      expect(contents.openHandler?.({ ...details, url })).toEqual({ action: 'deny' })
    }
    const preventDefault = vi.fn<() => void>()
    contents.emit('will-attach-webview', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
    expect(contents.webRtcPolicy).toBe('disable_non_proxied_udp')
  })

  it('logs a denied address without its path, and messages of a page once', () => {
    const contents = new FakeContents()
    const logger = new RecordingLogger()
    guardContents(contents, logger)
    contents.emit('ipc-message', {}, 'anything')
    contents.emit('ipc-message-sync', {}, 'anything')
    expect(logger.lines).toEqual(['warn message from a page ignored: the page has no channel to the shell'])
  })
})

describe('the session', () => {
  const lock = (devTools = false): FakeSession => {
    const session = new FakeSession()
    lockSession(session, silentLogger, { devTools })
    return session
  }
  const own = { requestingUrl: 'wrale://app/', isMainFrame: true }
  const page = {} as WebContents

  it('grants writing to the clipboard to the app’s own top page, and nothing else to anyone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'clipboard-sanitized-write',
          'clipboard-read',
          'media',
          'geolocation',
          'usb',
          'openExternal',
          'fileSystem',
        ),
        fc.constantFrom('wrale://app/', 'wrale://evil/', 'https://app/', 'about:blank', ''),
        fc.boolean(),
        (permission, url, isMainFrame) => {
          const allowed = permission === 'clipboard-sanitized-write' && url === 'wrale://app/' && isMainFrame
          expect(isGranted(permission, { url, isMainFrame })).toBe(allowed)
        },
      ),
    )
  })

  it('answers requests and checks alike', () => {
    const session = lock()
    const asked = (permission: 'media' | 'clipboard-sanitized-write'): boolean => {
      let granted = true
      session.permissionRequest?.(page, permission, (answer) => (granted = answer), own)
      return granted
    }
    expect([asked('media'), asked('clipboard-sanitized-write')]).toEqual([false, true])
    expect(session.permissionCheck?.(null, 'media', 'wrale://app', own)).toBe(false)
    expect(session.permissionCheck?.(null, 'clipboard-sanitized-write', 'wrale://app/', own)).toBe(true)
    expect(session.permissionCheck?.(null, 'clipboard-sanitized-write', 'https://evil.example', own)).toBe(false)
  })

  it('gives no devices, screens, downloads or spell checker', () => {
    const session = lock()
    expect(session.devicePermission?.({} as DevicePermissionHandlerHandlerDetails)).toBe(false)
    const confirmed = vi.fn<(response: Response) => void>()
    session.bluetoothPairing?.({ deviceId: '1', pairingKind: 'confirm', frame: null }, confirmed)
    expect(confirmed).toHaveBeenCalledExactlyOnceWith({ confirmed: false })
    const streams = vi.fn<(streams: Streams | null) => void>()
    session.displayMedia?.({} as never, streams)
    expect(streams).toHaveBeenCalledExactlyOnceWith(null)
    const preventDefault = vi.fn<() => void>()
    session.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
    expect(session.spellChecker).toBe(false)
  })

  it('loads nothing from a network', () => {
    const session = lock()
    const answer = vi.fn<(response: CallbackResponse) => void>()
    for (const url of [
      'https://fonts.example/x.woff2',
      'http://10.0.0.1/',
      'ws://127.0.0.1:7420/rpc',
      'file:///etc/passwd',
      'blob:x',
    ]) {
      session.request?.({ url, resourceType: 'other' } as never, answer)
    }
    expect(answer.mock.calls.flat()).toEqual(Array.from({ length: 5 }, () => ({ cancel: true })))
    session.request?.({ url: 'wrale://app/assets/app.js', resourceType: 'script' } as never, answer)
    expect(answer).toHaveBeenLastCalledWith({ cancel: false })
  })

  it('loads the developer tools only where they exist', () => {
    expect(mayLoad('devtools://devtools/bundled/x.html', { devTools: true })).toBe(true)
    expect(mayLoad('devtools://devtools/bundled/x.html', { devTools: false })).toBe(false)
    expect(mayLoad('data:image/svg+xml,<svg/>', { devTools: false })).toBe(true)
    expect(mayLoad('data:text/html,x', { devTools: true })).toBe(false)
  })
})

describe('the menu', () => {
  it('offers developer tools only where they exist', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(JSON.stringify(menuTemplate({ platform, devTools: false }))).not.toContain('toggleDevTools')
      expect(JSON.stringify(menuTemplate({ platform, devTools: true }))).toContain('toggleDevTools')
    }
  })

  it('has roles only, so that no menu entry runs code of its own', () => {
    expect(
      JSON.stringify(menuTemplate({ platform: 'linux', devTools: true }), (_key, value: unknown) =>
        typeof value === 'function' ? 'code' : value,
      ),
    ).not.toContain('code')
  })
})
