import { parseArgs } from 'node:util'
import { FleetError } from '@wrale/kernel'

/** What `wrale station` and the desktop app both understand. */
export interface StationFlags {
  /** Folder of the station's key, store and settings. */
  readonly stateDir?: string
  /** Makes a new fleet with this name when the folder holds none. */
  readonly createFleet?: string
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Multiaddrs of members to dial. */
  readonly peers: readonly string[]
  readonly mdns: boolean
}

const options = {
  'state-dir': { type: 'string' },
  'create-fleet': { type: 'string' },
  listen: { type: 'string', multiple: true },
  peer: { type: 'string', multiple: true },
  'no-mdns': { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
} as const

/** @throws FleetError USAGE */
export function parseStationFlags(args: readonly string[]): StationFlags {
  const values = parsed(args)
  if (values.host !== undefined || values.port !== undefined) {
    throw new FleetError('USAGE', '--host and --port are for `wrale station`: the desktop app opens no HTTP port')
  }
  for (const [name, value] of Object.entries(values)) {
    if ([value].flat().includes('')) throw new FleetError('USAGE', `--${name} needs a value`)
  }
  return {
    ...(values['state-dir'] === undefined ? {} : { stateDir: values['state-dir'] }),
    ...(values['create-fleet'] === undefined ? {} : { createFleet: values['create-fleet'] }),
    listen: values.listen ?? [],
    peers: values.peer ?? [],
    mdns: values['no-mdns'] !== true,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [sentence = 'bad arguments'] = error instanceof Error ? error.message.split('. ') : []
    throw new FleetError('USAGE', sentence)
  }
}

/** The arguments that `parseStationFlags` reads back as these flags. */
export function stationArguments(flags: StationFlags): string[] {
  return [
    ...(flags.stateDir === undefined ? [] : [`--state-dir=${flags.stateDir}`]),
    ...(flags.createFleet === undefined ? [] : [`--create-fleet=${flags.createFleet}`]),
    ...flags.listen.map((address) => `--listen=${address}`),
    ...flags.peers.map((address) => `--peer=${address}`),
    ...(flags.mdns ? [] : ['--no-mdns']),
  ]
}
