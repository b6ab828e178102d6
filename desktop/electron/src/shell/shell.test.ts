import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as settled } from 'node:timers/promises'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RecordingLogger } from '../testing/recording-logger.ts'
import { TestHost, type TestHostOptions } from '../testing/test-host.ts'
import { runShell } from './shell.ts'

let renderer: string
beforeAll(async () => {
  renderer = await mkdtemp(join(tmpdir(), 'wrale-renderer-'))
  await mkdir(join(renderer, 'assets'))
  await writeFile(join(renderer, 'index.html'), '<title>the app</title>')
})
afterAll(async () => {
  await rm(renderer, { recursive: true })
})

const files = () => ({ preload: '/app/dist/preload.cjs', brainHost: '/app/dist/brain-host.mjs', renderer })

async function run(options: TestHostOptions = {}, args: string[] = []) {
  const electron = new TestHost(options)
  const clock = new VirtualClock()
  const logger = new RecordingLogger()
  const running = runShell(
    { host: electron.host, clock, logger },
    { argv: ['wrale-fleet', ...args], platform: 'linux', files: files() },
  )
  const callsBeforeReady = [...electron.calls]
  electron.becomeReady()
  await running
  const window = electron.windows[0]
  if (window !== undefined && window.page === undefined) await once(window, 'loaded')
  return { electron, clock, logger, window, callsBeforeReady }
}

describe('the shell', () => {
  it('locks everything that must be locked before Electron is ready', async () => {
    const { callsBeforeReady, electron } = await run()
    expect(callsBeforeReady).toEqual(['enableSandbox', 'registerSchemes', 'whenReady'])
    expect(electron.schemes.map(({ scheme }) => scheme)).toEqual(['wrale'])
    expect(electron.app.listenerCount('web-contents-created')).toBe(1)
  })

  it('opens one hidden window with every protection on, and shows it when it has drawn', async () => {
    const { electron, window } = await run()
    expect(electron.windows).toHaveLength(1)
    expect(window?.options).toMatchObject({
      show: false,
      backgroundColor: expect.stringMatching(/^#[0-9a-f]{6}$/) as string,
    })
    expect(window?.options.webPreferences).toEqual({
      preload: '/app/dist/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: false,
    })
    expect(window?.shown).toEqual([])
    window?.emit('ready-to-show')
    expect(window?.shown).toEqual(['show'])
  })

  it('has developer tools only where it is not packaged', async () => {
    const { window } = await run({ packaged: false }, ['.'])
    expect(window?.options.webPreferences).toMatchObject({ devTools: true, sandbox: true, contextIsolation: true })
  })

  it('guards the window’s contents and locks its session', async () => {
    const { electron, window } = await run()
    expect(window?.webContents.wants('will-navigate', 'https://evil.example/')).toBe(true)
    expect(window?.webContents.openHandler).toBeDefined()
    expect(electron.session.permissionRequest).toBeDefined()
    expect(electron.session.request).toBeDefined()
  })

  it('shows the app and links it to the station as soon as both are there', async () => {
    const { electron, window } = await run()
    expect(window?.page).toMatchObject({ url: 'wrale://app/', status: 200, text: '<title>the app</title>' })
    expect(electron.forks).toMatchObject([
      { modulePath: '/app/dist/brain-host.mjs', args: ['--state-dir=/nowhere/station'] },
    ])
    electron.stations[0]?.say({ type: 'ready' })
    expect(electron.stations[0]?.received).toEqual([{ type: 'connect', link: 1 }])
    expect(window?.webContents.sent.map(({ channel }) => channel)).toEqual(['wrale:port'])
  })

  it('passes the flags of `wrale station` on', async () => {
    const { electron } = await run({}, [
      '--state-dir',
      '/var/lib/x',
      '--create-fleet',
      'roof',
      '--no-mdns',
      '--disable-gpu',
    ])
    expect(electron.forks[0]?.args).toEqual(['--state-dir=/var/lib/x', '--create-fleet=roof', '--no-mdns'])
  })

  it('gives a new port after the station crashed', async () => {
    const { clock, electron, window } = await run()
    electron.stations[0]?.say({ type: 'ready' })
    electron.stations[0]?.exit(139)
    await settled()
    await clock.advance(1000)
    electron.stations[1]?.say({ type: 'ready' })
    expect(window?.webContents.sent).toHaveLength(2)
    expect(electron.stations[1]?.received).toEqual([{ type: 'connect', link: 2 }])
  })

  it('says with a code why there is no station, and tries again when asked to', async () => {
    const { clock, electron, window } = await run()
    electron.stations[0]?.say({ type: 'failed', code: 'STATE_DIR_IN_USE', message: 'used by another station' })
    electron.stations[0]?.exit(73)
    await once(window!, 'loaded')
    expect(window?.page).toMatchObject({ url: 'wrale://app/~failure', status: 200 })
    expect(window?.page?.text).toContain('STATE_DIR_IN_USE')
    await clock.advance(60_000)
    expect(electron.stations).toHaveLength(1)

    await window?.loadURL('wrale://app/')
    expect(window?.page?.text).toContain('the app')
    electron.stations[1]?.say({ type: 'ready' })
    expect(window?.webContents.sent).toHaveLength(1)
  })

  it('loads the page again when its process crashed, and says so when that does not end', async () => {
    const { clock, window } = await run()
    for (let n = 0; n < 5; n++) {
      window?.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
      const loaded = once(window!, 'loaded')
      await clock.advance(15_000)
      await loaded
      expect(window?.page?.url).toBe('wrale://app/')
    }
    window?.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    await once(window!, 'loaded')
    expect(window?.page?.url).toBe('wrale://app/~failure')
    expect(window?.page?.text).toContain('INTERNAL')
  })

  it('raises its window when it is started a second time', async () => {
    const { electron, window } = await run()
    electron.app.emit('second-instance')
    expect(window?.shown).toEqual(['restore', 'show', 'focus'])
  })

  it('does nothing when it is the second instance', async () => {
    const { electron } = await run({ secondInstance: true })
    expect(electron.calls).toContain('quit')
    expect(electron.windows).toEqual([])
    expect(electron.forks).toEqual([])
  })

  it('ends only when the station has stopped', async () => {
    const { electron } = await run()
    const station = electron.stations[0]!
    station.say({ type: 'ready' })
    station.obedient = false
    electron.app.emit('window-all-closed')
    expect(electron.calls.at(-1)).toBe('quit')
    let prevented = 0
    const event = { preventDefault: () => void (prevented += 1) }
    electron.app.emit('will-quit', event)
    electron.app.emit('will-quit', event)
    expect(prevented).toBe(2)
    expect(electron.exitCode).toBeUndefined()
    expect(station.received.filter(({ type }) => type === 'stop')).toHaveLength(1)
    station.exit(0)
    await settled()
    expect(electron.exitCode).toBe(0)
    expect(station.killed).toBe(false)
  })

  it('ends with one clear message for a flag that it does not know', async () => {
    const { electron } = await run({}, ['--remote-debugging-port=9222'])
    expect(electron.exitCode).toBe(2)
    expect(electron.errors).toEqual([expect.stringContaining('Code USAGE')])
    expect(electron.windows).toEqual([])
  })

  it('ends with one clear message when its pages are missing', async () => {
    const electron = new TestHost()
    electron.becomeReady()
    const options = { argv: ['wrale-fleet'], platform: 'linux', files: { ...files(), renderer: '/nowhere' } } as const
    await runShell({ host: electron.host, clock: new VirtualClock(), logger: new RecordingLogger() }, options)
    expect(electron.exitCode).toBe(66)
    expect(electron.errors).toEqual([expect.stringContaining('Code NOT_FOUND')])
  })
})
