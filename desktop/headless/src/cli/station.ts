import { composeStation } from '@wrale/brain'
import { createLogger, runDaemon, type RunningDaemon } from '@wrale/host'
import { serveStation } from '../http/server.ts'
import { findWebRoot } from '../http/web.ts'
import { announce, withdraw } from './announcement.ts'
import type { Terminal } from './print.ts'

export interface StationSettings {
  readonly stateDir: string
  readonly host: string
  readonly port: number
  readonly createFleet: string | undefined
  readonly joinFleet: boolean
  /** Words of a recovery kit. */
  readonly recover: string | undefined
  readonly name: string | undefined
  readonly listen: readonly string[]
  readonly peers: readonly string[]
  readonly mdns: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** Runs a station until it is told to stop. */
export async function runStation(terminal: Terminal, settings: StationSettings): Promise<never> {
  return runDaemon({ name: 'wrale', start: (signal) => startStation(terminal, settings, signal) })
}

async function startStation(
  terminal: Terminal,
  settings: StationSettings,
  signal: AbortSignal,
): Promise<RunningDaemon> {
  const logger = createLogger({ name: 'wrale', level: settings.logLevel, fd: 2 })
  const undo = new AsyncDisposableStack()
  try {
    const station = await composeStation(
      {
        stateDirectory: settings.stateDir,
        createFleet: settings.createFleet,
        joinFleet: settings.joinFleet,
        recover: settings.recover,
        name: settings.name,
        peers: settings.peers,
        mdns: settings.mdns,
        ...(settings.listen.length === 0 ? {} : { listen: settings.listen }),
      },
      {
        logger,
        signal,
        onWaiting: (code) =>
          void terminal.out.write(
            `This station belongs to no fleet yet. At a station of the fleet: wrale claim ${code}\nWaiting; Ctrl+C ends it, and the code stays the same.\n`,
          ),
      },
    )
    undo.defer(() => station.stop())
    const { host, port } = settings
    const server = await serveStation(station, { host, port, webRoot: findWebRoot() }, logger)
    undo.defer(() => server.close())
    station.setBrowserUrl(server.url)
    await announce(station.stateDirectory, server.url)
    undo.defer(() => withdraw(station.stateDirectory))
    logger.info('the station listens', { url: server.url })
    const link = station.access.createSignInLink(server.url)
    terminal.out.write(`Station "${station.name}" of the fleet "${station.fleet().name}": ${server.url}\n`)
    terminal.out.write(`Sign in (one browser, until ${link.expiresAt}): ${link.url}\n`)
    const running = undo.move()
    return { stop: () => running.disposeAsync() }
  } catch (error) {
    await undo.disposeAsync()
    throw error
  }
}
