import type { Station } from '@wrale/protocol/api'
import type { LinkStatus } from '../backend/backend.ts'
import { counted } from './format.ts'

export interface LinkSummary {
  readonly tone: 'ok' | 'warn' | 'fail'
  /** For the top bar. */
  readonly short: string
}

/** How this page reaches its station and the station its fleet, the nearest break first: it explains the others. */
export function linkSummary(status: LinkStatus, station: Station | undefined): LinkSummary {
  switch (status.phase) {
    case 'connecting':
      return { tone: 'ok', short: 'Connecting' }
    case 'waiting':
      return { tone: 'fail', short: 'Station not reached' }
    case 'signedOut':
      return { tone: 'warn', short: 'Signed out' }
    case 'live':
      return stationSummary(station)
  }
}

function stationSummary(station: Station | undefined): LinkSummary {
  switch (station?.link) {
    case undefined:
      return { tone: 'ok', short: 'Connecting' }
    case 'up':
      return { tone: 'ok', short: counted(station.peers, 'peer') }
    case 'alone':
      return { tone: 'warn', short: 'No peers' }
    case 'down':
      return { tone: 'fail', short: 'No network' }
  }
}
