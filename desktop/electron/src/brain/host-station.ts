import { composeStation } from '@wrale/brain'
import { FleetError, type Logger } from '@wrale/kernel'
import type { StationFlags } from '../station/flags.ts'
import type { HostedStation } from './run.ts'
import { servePort } from './serve-port.ts'

/** Builds the station that the flags ask for. Every port that it serves is the desktop window's. */
export async function hostStation(flags: StationFlags, logger: Logger): Promise<HostedStation> {
  const { stateDir, createFleet, listen, peers, mdns } = flags
  if (stateDir === undefined) throw new FleetError('USAGE', '--state-dir is missing')
  const station = await composeStation(
    { stateDirectory: stateDir, createFleet, peers, mdns, ...(listen.length === 0 ? {} : { listen }) },
    { logger },
  )
  const context = { session: station.desktopSession() }
  return {
    serve: (port, onEnded) => servePort(port, { serve: station.serve, context, logger, onEnded }),
    stop: () => station.stop(),
  }
}
