import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fleet, startFleet } from '../../lab/fleet/index.ts'
import type { LabProcess } from '../../lab/src/index.ts'
import type { BenchContext } from '../context.ts'

/** Half an hour is too long to be run by the way. */
export const onlyWhenNamed = true

const nodes = 50
const settleMs = 5 * 60_000
const quietMs = 15 * 60_000
const busyMs = 10 * 60_000
const lookEveryMs = 30_000
/** Restless, so that the system shares the processors out anew all the time. */
const burn = 'for(;;){const end=Date.now()+1000;while(Date.now()<end);}'

/** Whether memory stays flat, and whether anybody is wrongly given up while every processor is busy with something else. */
export async function soak({ report, note }: BenchContext): Promise<void> {
  await using fleet = await startFleet({ nodes, joinTimeoutMs: 180_000 })
  note(`${nodes} simulated nodes settle for ${settleMs / 60_000} min`)
  await sleep(settleMs)
  const before = residentOf(fleet)
  const alarms = countAlarms(fleet)
  await look(quietMs)
  const quietAlarms = alarms.count
  const after = residentOf(fleet)
  const hours = quietMs / 3_600_000
  report({ name: 'soak.resident', unit: 'MiB', samples: after })
  report({
    name: 'soak.growth',
    unit: 'MiB/h',
    samples: after.map((mib, index) => (mib - (before[index] ?? mib)) / hours),
  })
  report({ name: 'soak.false-alarms.quiet', unit: 'count', samples: [quietAlarms] })
  note(`every processor is kept busy for ${busyMs / 60_000} min`)
  const burners = Array.from({ length: availableParallelism() }, () =>
    fleet.station.machine.spawn({ command: process.execPath, args: ['-e', burn] }),
  )
  await look(busyMs)
  await Promise.all(burners.map((burner: LabProcess) => burner.destroy()))
  report({ name: 'soak.false-alarms.busy', unit: 'count', samples: [alarms.count - quietAlarms] })
  alarms.stop()
  report({ name: 'soak.resident.end', unit: 'MiB', samples: residentOf(fleet) })

  async function look(durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs
    while (performance.now() < endMs) {
      await sleep(lookEveryMs)
      const worst = Math.max(...residentOf(fleet))
      note(`largest daemon ${worst.toFixed(1)} MiB, false alarms ${alarms.count}`)
    }
  }
}

function residentOf(fleet: Fleet): number[] {
  return fleet.daemons.map((daemon) => daemon.process.usage().residentBytes / 2 ** 20)
}

/** Counts nodes that come to be shown as stale or lost although nothing happened to them. */
function countAlarms({ view }: Fleet): { readonly count: number; stop(): void } {
  let count = 0
  const away = new Set<string>()
  const stop = view.onPicture(({ nodes: shown }) => {
    for (const { name, state } of shown.values()) {
      const gone = state === 'stale' || state === 'lost'
      if (gone && !away.has(name)) count++
      if (gone) away.add(name)
      else away.delete(name)
    }
  })
  return {
    get count() {
      return count
    },
    stop,
  }
}
