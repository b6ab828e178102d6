import { callControl, controlSocketPath } from '@wrale/host'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fleet, type FleetDaemon, startFleet } from '../../lab/fleet/index.ts'
import type { BenchContext } from '../context.ts'

const nodes = 10
const changes = 80
/** Between two changes of one node, so that each is told at once and none waits for the one before, ms. */
const restMs = 400
const timeoutMs = 15_000

/** How soon a client of the station is told of a change on a node: its power fails, and comes back. */
export async function latency({ report, note }: BenchContext): Promise<void> {
  await using fleet = await startFleet({ nodes })
  await settle(fleet)
  const samples: number[] = []
  for (let index = 0; index < changes; index++) {
    const daemon = fleet.daemons[index % nodes]
    if (daemon !== undefined) samples.push(await timeChange(fleet, daemon))
    await sleep(restMs / 2 + Math.random() * restMs)
  }
  note(`${nodes} simulated nodes; from the command on the node's control socket to the WebSocket event at a client`)
  report({ name: 'latency.change-to-event', unit: 'ms', samples })
}

async function timeChange({ view }: Fleet, daemon: FleetDaemon): Promise<number> {
  const now = (): 'mains' | 'battery' | undefined => view.picture?.nodes.get(daemon.name)?.powerSource
  const before = now()
  const method = before === 'mains' ? 'sim.fault' : 'sim.clear'
  const changedAtMs = Date.now()
  const [{ atMs }] = await Promise.all([
    view.until('the station tells of the change', () => now() !== before, { timeoutMs }),
    callControl(controlSocketPath(daemon.stateDir), method, { fault: 'power-loss' }),
  ])
  return atMs - changedAtMs
}

/** The first seconds of a fleet are busy with greetings. */
async function settle(fleet: Fleet): Promise<void> {
  await fleet.untilAllSpeak()
  await sleep(5000)
}
