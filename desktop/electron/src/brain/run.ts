import { exitCodeOf, type Logger, toFleetError } from '@wrale/kernel'
import { parseStationFlags, type StationFlags } from '../station/flags.ts'
import { failedMessage, type FromStation, toStationSchema } from '../station/messages.ts'
import type { ServablePort } from '@wrale/brain'

/** A station that serves its API over ports. */
export interface HostedStation {
  /** @returns a function that closes the port */
  serve(port: ServablePort, onEnded: () => void): () => void
  stop(): Promise<void>
}

/** What is used of Electron's `process.parentPort`. */
export interface ParentLink {
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: ServablePort[] }) => void): unknown
  postMessage(message: FromStation): void
}

export interface BrainHostDeps {
  readonly parent: ParentLink
  /** @throws FleetError */
  readonly startStation: (flags: StationFlags) => Promise<HostedStation>
  readonly logger: Logger
}

/**
 * The life of the station's process: starts the station, serves one port at a time, stops when told.
 * @returns the exit code for the process
 */
export async function runBrainHost(deps: BrainHostDeps, args: readonly string[]): Promise<number> {
  const { parent, startStation, logger } = deps
  const say = (message: FromStation): void => parent.postMessage(message)
  const told = Promise.withResolvers<void>()
  let station: HostedStation | undefined
  let closePort = (): void => undefined

  const connect = (link: number, ports: readonly ServablePort[]): void => {
    const [port, ...others] = ports
    if (port === undefined || others.length > 0 || station === undefined) {
      logger.warn('connection refused: it needs one port and a running station', { ports: ports.length })
      for (const refused of ports) refused.close()
      return
    }
    closePort()
    closePort = station.serve(port, () => say({ type: 'disconnected', link }))
  }

  parent.on('message', ({ data, ports }) => {
    const message = toStationSchema.safeParse(data)
    if (!message.success) logger.warn('message of an unknown form from the window’s process')
    else if (message.data.type === 'stop') told.resolve()
    else connect(message.data.link, ports)
  })

  try {
    const started = await startStation(parseStationFlags(args))
    station = started
    say({ type: 'ready' })
    await told.promise
    station = undefined
    closePort()
    await started.stop()
    return 0
  } catch (error) {
    logger.error('the station failed', { error })
    say(failedMessage(toFleetError(error)))
    return exitCodeOf(error)
  }
}
