import { type Fleet, type FleetDaemon, type FleetPicture, startFleet } from '../../lab/fleet/index.ts'
import type { BenchContext } from '../context.ts'

const starts = 20
/** Not counted: they warm the file cache and the station. */
const warmUps = 2
const timeoutMs = 30_000
/** Printed when the daemon, a member by then, has opened its port. */
const listening = /"msg":"listening"/

interface Start {
  /** From the start of the process to the first record at a client of the station, ms. */
  readonly fromStartMs: number
  /** From the moment that the daemon listened, ms. */
  readonly fromListenMs: number
}

/** How soon the station has a record of a daemon that starts: one that must join with a token first, and one that is a member. */
export async function discovery({ report, note }: BenchContext): Promise<void> {
  await using fleet = await startFleet({ nodes: 0 })
  const joins: Start[] = []
  const restarts: Start[] = []
  for (let index = 0; index < starts + warmUps; index++) {
    const [daemon] = await fleet.prepare([{}])
    if (daemon === undefined) break
    const joined = await timeStart(fleet, daemon)
    // A simulated board begins every life with the same readings, so the last of this one must differ from the first of the next.
    await untilNewRecord(fleet, daemon)
    await daemon.stop()
    const restarted = await timeStart(fleet, daemon)
    await daemon.stop()
    if (index < warmUps) continue
    joins.push(joined)
    restarts.push(restarted)
  }
  note(`${starts} daemons, each on a machine of its own: first start with a join token, then a restart as a member`)
  for (const [kind, samples] of [['join', joins] as const, ['restart', restarts] as const]) {
    report({ name: `discovery.${kind}.from-start`, unit: 'ms', samples: samples.map((start) => start.fromStartMs) })
    report({ name: `discovery.${kind}.from-listen`, unit: 'ms', samples: samples.map((start) => start.fromListenMs) })
  }
}

async function timeStart(fleet: Fleet, daemon: FleetDaemon): Promise<Start> {
  const startedAtMs = Date.now()
  const started = daemon.start()
  const [{ atMs }, line] = await Promise.all([
    untilNewRecord(fleet, daemon),
    started.waitForLine(listening, { timeoutMs }),
  ])
  return { fromStartMs: atMs - startedAtMs, fromListenMs: atMs - timeOfLogLine(line.text) }
}

async function untilNewRecord({ view }: Fleet, daemon: FleetDaemon): Promise<FleetPicture> {
  const readings = (): string => JSON.stringify(view.picture?.nodes.get(daemon.name)?.readings ?? {})
  const before = readings()
  return await view.until('the station has a new record', () => ![before, '{}'].includes(readings()), { timeoutMs })
}

/** When a line was logged, ms since the Unix epoch, by the clock that all programs of one computer share. */
function timeOfLogLine(text: string): number {
  const line: unknown = JSON.parse(text)
  return Date.parse(typeof line === 'object' && line !== null && 'time' in line ? String(line.time) : '')
}
