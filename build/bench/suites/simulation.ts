import {
  measureDetection,
  measureDissemination,
  measureHealing,
  measureTraffic,
  settledFleet,
} from '@wrale/mesh/simulation'
import type { BenchContext } from '../context.ts'

const sizes = [10, 50, 100, 300, 1000]
const seed = 1
const trafficMs = 60_000
const lossRatio = 0.1
/** With loss, a fleet is watched from this long after its start, ms. */
const lossySettleMs = 30_000
const events = 20
const watchMs = 5000
const splitMs = 60_000
const rounds = 5

/**
 * What the mesh's own code does on a network in memory, in virtual time: how fast a record spreads where a tenth of the packets is lost, what nodes
 * send when nothing happens, how soon an unplugged member and the end of a split are noticed. Deterministic: only the time that it takes varies.
 */
export async function simulation({ report, note }: BenchContext): Promise<void> {
  for (const members of sizes) {
    const startedAtMs = performance.now()
    await calm(members, report)
    await lossy(members, report)
    note(`${members} members, seed ${seed}: ${Math.round((performance.now() - startedAtMs) / 1000)} s of real time`)
  }
}

async function calm(members: number, report: BenchContext['report']): Promise<void> {
  const fleet = await settledFleet({ members, seed })
  const name = (what: string): string => `simulation.${what}.${members}`
  const traffic = await measureTraffic(fleet, trafficMs)
  report({ name: name('traffic.node-sent'), unit: 'B/s', samples: traffic.nodeBytesPerSecond })
  report({ name: name('traffic.node-sent-mean'), unit: 'B/s', samples: [mean(traffic.nodeBytesPerSecond)] })
  report({ name: name('traffic.node-packets'), unit: '1/s', samples: traffic.nodePacketsPerSecond })
  report({ name: name('traffic.station-sent'), unit: 'B/s', samples: traffic.stationBytesPerSecond })
  report({ name: name('links'), unit: '1', samples: traffic.nodeLinks })
  const detected = await measureDetection(fleet, rounds)
  report({ name: name('unplugged.first'), unit: 'ms', samples: detected.map(({ firstMs }) => firstMs) })
  report({ name: name('unplugged.last'), unit: 'ms', samples: detected.map(({ lastMs }) => lastMs) })
  report({ name: name('unplugged.false-alarms'), unit: '1', samples: detected.map(({ falseAlarms }) => falseAlarms) })
  const { noticedMs, healedMs } = await measureHealing(fleet, splitMs)
  report({ name: name('split.noticed'), unit: 'ms', samples: [noticedMs] })
  report({ name: name('split.healed'), unit: 'ms', samples: [healedMs] })
  await fleet.stop()
}

async function lossy(members: number, report: BenchContext['report']): Promise<void> {
  const fleet = await settledFleet({ members, seed, lossRatio }, lossySettleMs)
  const { delaysMs, missing } = await measureDissemination(fleet, { events, watchMs })
  const name = (what: string): string => `simulation.dissemination-lossy.${what}.${members}`
  report({ name: name('delay'), unit: 'ms', samples: delaysMs })
  report({ name: name('p9999'), unit: 'ms', samples: [delaysMs[Math.ceil(delaysMs.length * 0.9999) - 1] ?? Infinity] })
  report({ name: name('missing'), unit: '1', samples: [missing] })
  await fleet.stop()
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
