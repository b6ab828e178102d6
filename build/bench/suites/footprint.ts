import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFleet } from '../../lab/fleet/index.ts'
import type { LabProcess } from '../../lab/src/index.ts'
import type { BenchContext } from '../context.ts'

const simulated = 9
/** From the start until memory and links have settled, ms. */
const settleMs = 20_000
const windowMs = 60_000
const memoryEveryMs = 5_000

/** What one process cost in the window. */
interface Cost {
  /** Resident memory, medians of looks, MiB; `proportionalMib` counts shared pages by share and is absent where it cannot be read. */
  readonly residentMib: readonly number[]
  readonly proportionalMib: readonly number[]
  readonly cpuSecondsPerMinute: number
}

/** Memory and CPU of idle daemons in a fleet of ten, next to a Node process that does nothing. */
export async function footprint({ report, note }: BenchContext): Promise<void> {
  const nodes = [...Array.from({ length: simulated }, () => ({})), { name: 'real', metal: 'linux' as const }]
  await using fleet = await startFleet({ nodes })
  const [machine] = (await fleet.lab?.addNodes(1)) ?? []
  const bare = (machine ?? fleet.station.machine).spawn({
    command: process.execPath,
    args: ['-e', 'setInterval(()=>{},1e9)'],
    env: { NODE_ENV: undefined, NODE_OPTIONS: undefined },
  })
  await sleep(settleMs)
  const daemons = fleet.daemons.map((daemon) => daemon.process)
  const [bareCost, stationCost, ...costs] = await Promise.all([bare, fleet.station.process, ...daemons].map(costOf))
  if (bareCost === undefined || stationCost === undefined) return
  note(
    `fleet of ${nodes.length}, ${settleMs / 1000} s after its start, over ${windowMs / 1000} s; peer: a bare node process`,
  )
  const groups = [
    ['daemon.simulated', costs.slice(0, simulated)],
    ['daemon.linux', costs.slice(simulated)],
    ['station', [stationCost]],
  ] as const
  for (const [name, group] of groups) {
    const peer = 'node'
    const all = (pick: (cost: Cost) => readonly number[]): number[] => group.flatMap(pick)
    report({
      name: `footprint.${name}.resident`,
      unit: 'MiB',
      samples: all((cost) => cost.residentMib),
      peer: { name: peer, samples: bareCost.residentMib },
    })
    report({
      name: `footprint.${name}.proportional`,
      unit: 'MiB',
      samples: all((cost) => cost.proportionalMib),
      peer: { name: peer, samples: bareCost.proportionalMib },
    })
    report({
      name: `footprint.${name}.cpu`,
      unit: 's/min',
      samples: all((cost) => [cost.cpuSecondsPerMinute]),
      peer: { name: peer, samples: [bareCost.cpuSecondsPerMinute] },
    })
  }
}

async function costOf(running: LabProcess): Promise<Cost> {
  const before = running.usage().cpuSeconds
  const startedAtMs = performance.now()
  const residentMib: number[] = []
  const proportionalMib: number[] = []
  while (performance.now() - startedAtMs < windowMs) {
    await sleep(memoryEveryMs)
    residentMib.push(running.usage().residentBytes / 2 ** 20)
    proportionalMib.push(...(await proportionalSetMib(running.pid)))
  }
  const minutes = (performance.now() - startedAtMs) / 60_000
  return { residentMib, proportionalMib, cpuSecondsPerMinute: (running.usage().cpuSeconds - before) / minutes }
}

/** Proportional set size (proc_pid_smaps(5)); none where the kernel does not tell. */
async function proportionalSetMib(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1]
  return kib === undefined ? [] : [Number(kib) / 1024]
}
