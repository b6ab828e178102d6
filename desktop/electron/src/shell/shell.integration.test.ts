import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionState, createFleetClient, messagePortTransport, watchFleet } from '@wrale/client'
import { systemClock } from '@wrale/kernel'
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { FakePage } from '../testing/fake-page.ts'
import { NodeUtilityProcess } from '../testing/node-utility-process.ts'
import { RecordingLogger } from '../testing/recording-logger.ts'
import { TestHost } from '../testing/test-host.ts'
import { runShell } from './shell.ts'

const started: NodeUtilityProcess[] = []

/** The whole desktop app but for Electron: the real shell, a real station in a process of its own, the real client over real ports. */
async function startApp(folder: string, args: string[] = ['--listen=/ip4/127.0.0.1/tcp/0', '--no-mdns']) {
  const stations: NodeUtilityProcess[] = []
  onTestFailed(() => {
    for (const { output } of stations) process.stderr.write(`station said:\n${output}`)
  })
  const electron = new TestHost({
    userData: folder,
    fork: (_modulePath, stationArgs) => {
      const station = new NodeUtilityProcess(stationArgs)
      stations.push(station)
      started.push(station)
      return station
    },
  })
  const files = { preload: '/preload.cjs', brainHost: '/brain-host.mjs', renderer: folder }
  electron.becomeReady()
  await runShell(
    { host: electron.host, clock: systemClock, logger: new RecordingLogger() },
    { argv: ['wrale-fleet', ...args], platform: 'linux', files },
  )
  const window = electron.windows[0]!
  const page = new FakePage(window.webContents)
  const quit = async (): Promise<void> => {
    electron.app.emit('will-quit', { preventDefault: () => undefined })
    await electron.exited
  }
  return { electron, stations, window, page, quit }
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrale-desktop-'))
  await writeFile(join(folder, 'index.html'), '<title>the app</title>')
})
afterEach(async () => {
  // A test that failed half-way leaves none of its processes behind.
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

describe('the desktop app', () => {
  it('lets the page call and watch its own station, survives its crash, and leaves nothing behind', async () => {
    const { stations, page, quit } = await startApp(folder)
    const transport = messagePortTransport(() => page.nextPort())
    const client = createFleetClient(transport)
    const end = new AbortController()
    const states: ConnectionState[] = []
    const snapshots: string[] = []
    let changed = Promise.withResolvers<void>()
    const watch = watchFleet(
      client,
      {
        onConnection: (state) => {
          states.push(state)
          changed.resolve()
          changed = Promise.withResolvers()
        },
        onSnapshot: ({ fleet }) => snapshots.push(fleet.station.id),
        onChange: () => undefined,
      },
      { signal: end.signal, backoff: { firstMs: 50, maxMs: 500 } },
    )
    const becomes = async (wanted: ConnectionState['state']): Promise<void> => {
      while (states.at(-1)?.state !== wanted) await changed.promise
    }

    await becomes('live')
    expect((await client.session.get()).kind).toBe('desktop')
    const { station } = await client.fleet.get()
    expect((await client.nodes.list()).items).toEqual([])

    stations[0]?.child.kill('SIGKILL')
    await becomes('reconnecting')
    await becomes('live')
    expect((await client.fleet.get()).station.id).toBe(station.id)
    expect(stations).toHaveLength(2)
    expect(new Set(snapshots)).toEqual(new Set([station.id]))
    expect(snapshots.length).toBeGreaterThanOrEqual(2)

    end.abort()
    await watch.done
    transport.close()
    await quit()
    expect(stations.map(({ child }) => [child.exitCode, child.signalCode])).toEqual([
      [null, 'SIGKILL'],
      [0, null],
    ])
  })

  it('says that another process has its folder, and tries again when the person asks for it', async () => {
    const first = await startApp(folder)
    const firstPort = await first.page.nextPort()
    const second = await startApp(folder)
    while (second.window.page?.url !== 'wrale://app/~failure') await once(second.window, 'loaded')
    expect(second.window.page?.text).toContain('STATE_DIR_IN_USE')
    firstPort.close()
    await first.quit()

    await second.window.loadURL('wrale://app/')
    const client = createFleetClient(messagePortTransport(await second.page.nextPort()))
    expect((await client.session.get()).kind).toBe('desktop')
    await second.quit()
  })

  it('takes the port away from a page that sends garbage, and gives it a new one', async () => {
    const { stations, page, quit } = await startApp(folder)
    for (const garbage of [
      '{',
      '{"i":"1","p":{"u":"https://evil.example/"}}',
      { object: true },
      'x'.repeat(2_000_000),
    ]) {
      const port = await page.nextPort()
      port.start()
      const closed = once(port, 'close')
      port.postMessage(garbage)
      await closed
    }
    const client = createFleetClient(messagePortTransport(await page.nextPort()))
    expect((await client.session.get()).kind).toBe('desktop')
    expect(stations).toHaveLength(1)
    await quit()
  })
})
