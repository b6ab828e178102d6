import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { parseTaskArgs } from '../task.ts'

export interface DemoOptions {
  /** Simulated nodes, beside the one on this machine's sensors. */
  readonly nodes: number
  readonly port: number
  /** Absolute path; the station and every node keep what they know below it. */
  readonly stateDir: string
  readonly open: boolean
  readonly faults: boolean
  /** Seconds from the start of the nodes after which the demo ends by itself. */
  readonly durationS?: number
}

export const DEMO_HELP = `Usage: npm start [-- OPTIONS]

Runs a fleet on this machine: a station with its web UI, simulated nodes, and one node on this machine's sensors.

  --nodes N        simulated nodes, 0 to 200 (default 5)
  --port P         port of the web UI and API (default 7420)
  --state-dir D    where the fleet is kept (default ~/.local/state/wrale-fleet/demo)
  --no-open        do not open a browser
  --no-faults      do not break the fan of a simulated node after 45 s
  --duration S     end S seconds after the nodes were started
  --help           print this
`

/** @returns undefined when help is asked for. @throws {FleetError} USAGE */
export function parseDemoOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseTaskArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '5' },
      port: { type: 'string', default: '7420' },
      'state-dir': { type: 'string', default: defaultStateDir() },
      'no-open': { type: 'boolean', default: false },
      'no-faults': { type: 'boolean', default: false },
      duration: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  if (values['state-dir'] === '') throw new FleetError('USAGE', '--state-dir needs a folder')
  return {
    nodes: integer('--nodes', values.nodes, 0, 200),
    port: integer('--port', values.port, 1, 65_535),
    stateDir: resolve(values['state-dir']),
    open: !values['no-open'],
    faults: !values['no-faults'],
    ...(values.duration !== undefined && { durationS: integer('--duration', values.duration, 1, 7 * 86_400) }),
  }
}

/** XDG Base Directory Specification: what programs keep between runs. */
function defaultStateDir(): string {
  const base = process.env['XDG_STATE_HOME'] ?? ''
  return join(base.startsWith('/') ? base : join(homedir(), '.local/state'), 'wrale-fleet/demo')
}

function integer(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new FleetError('USAGE', `${flag} takes a whole number from ${min} to ${max}, not '${text}'`)
}
