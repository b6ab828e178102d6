import { type Fleet, type FleetDaemon, startFleet } from '@wrale/build/lab/fleet'

/** Names of the simulated nodes. */
export const simulated = ['roof-1', 'roof-2', 'gate-1', 'pump-1', 'shed-1'] as const
/** The node that reads the machine on which the tests run; what it says of itself is not ours to decide. */
export const metal = 'bench-1'
/** All nodes, in the order in which a list sorted by name shows them. */
export const allNodes = [...simulated, metal].toSorted()

/** The fleet that `npm start` shows: a station, five simulated nodes and one on real sensors, found by mDNS, joined by a token. */
export async function startDemoFleet(): Promise<Fleet> {
  return await startFleet({
    place: 'host',
    nodes: [...simulated.map((name) => ({ name })), { name: metal, metal: 'linux' as const }],
    joinTimeoutMs: 60_000,
  })
}

/** The daemon behind a node of that name. */
export function daemonOf(fleet: Fleet, name: string): FleetDaemon {
  const daemon = fleet.daemons.find((one) => one.name === name)
  if (daemon === undefined) throw new Error(`The fleet has no node called ${name}`)
  return daemon
}

/** Runs `wrale-edge sim ARGS` for a node, and insists that it worked. */
export async function simulate(daemon: FleetDaemon, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await daemon.cli('sim', ...args)
  if (code !== 0) throw new Error(`wrale-edge sim ${args.join(' ')} for ${daemon.name} failed: ${stderr}`)
}

/** Resolves when the station shows these nodes well; TIMEOUT after 30 s. */
export async function untilWell(fleet: Fleet, names: readonly string[]): Promise<void> {
  await fleet.view.until(
    `${names.join(', ')} well`,
    ({ nodes }) => names.every((name) => nodes.get(name)?.state === 'ok'),
    {
      timeoutMs: 30_000,
    },
  )
}

/** The last lines that each program of the fleet printed. */
export function logsOf({ station, daemons }: Fleet): string {
  const programs = [
    { name: 'station', log: () => station.process.quoteOutput() },
    ...daemons.map((daemon) => ({ name: daemon.name, log: () => daemon.process.quoteOutput() })),
  ]
  return programs.map(({ name, log }) => `== ${name}${log()}\n`).join('\n')
}
