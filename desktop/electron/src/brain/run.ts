import type { MessageEvent, ParentPort } from 'electron'
import { exitCodeOf, FleetError, type Logger, toFleetError } from '@wrale/kernel'
import { parseStationFlags, type StationFlags } from '../station/flags.ts'
import { failedMessage, type FromStation, toStationSchema } from '../station/messages.ts'
import type { ServedPort } from './serve-port.ts'

/** A station that serves its API over ports. */
export interface HostedStation {
  /** @returns a function that closes the port */
  serve(port: ServedPort, onClosed: () => void): () => void
  stop(): Promise<void>
}

export interface BrainHostDeps {
  readonly parent: Pick<ParentPort, 'on' | 'postMessage'>
  /** @throws FleetError; aborted when told to stop before it has started */
  readonly startStation: (flags: StationFlags, signal: AbortSignal) => Promise<HostedStation>
  readonly logger: Logger
}

/**
 * The life of the station's process: starts the station, serves one port at a time, stops when told.
 * @returns the exit code for the process
 */
export async function runBrainHost(deps: BrainHostDeps, args: readonly string[]): Promise<number> {
  const { parent, startStation, logger } = deps
  const say = (message: FromStation): void => parent.postMessage(message)
  const told = new AbortController()
  const ended = new Promise<void>((resolve) => told.signal.addEventListener('abort', () => resolve(), { once: true }))
  let station: HostedStation | undefined
  let closePort = (): void => undefined

  const connect = (link: number, ports: readonly ServedPort[]): void => {
    const [port, ...others] = ports
    if (port === undefined || others.length > 0 || station === undefined) {
      logger.warn('connection refused: it needs one port and a running station', { ports: ports.length })
      for (const refused of ports) refused.close()
      return
    }
    closePort()
    closePort = station.serve(port, () => say({ type: 'disconnected', link }))
  }

  parent.on('message', ({ data, ports }: Omit<MessageEvent, 'ports'> & { readonly ports: ServedPort[] }) => {
    const message = toStationSchema.safeParse(data)
    if (!message.success) logger.warn('message of an unknown form from the window’s process')
    else if (message.data.type === 'stop') told.abort(new FleetError('ABORTED', 'told to stop'))
    else connect(message.data.link, ports)
  })

  try {
    station = await startStation(parseStationFlags(args), told.signal)
    say({ type: 'ready' })
    await ended
    closePort()
    await station.stop()
    return 0
  } catch (error) {
    if (told.signal.aborted) return 0
    logger.error('the station failed', { error })
    say(failedMessage(toFleetError(error)))
    return exitCodeOf(error)
  }
}
