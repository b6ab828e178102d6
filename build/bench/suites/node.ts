import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { callControl, controlSocketPath } from '@wrale/host'
import { eventSchema } from '@wrale/protocol/api'
import { z } from 'zod'
import { type Fleet, type FleetDaemon, poll, startFleet } from '../../lab/fleet/index.ts'
import type { BenchContext } from '../context.ts'

/** From the start until memory and links have settled, ms. */
const settleMs = 30_000
/** Measurements go to the disk in batches of minutes; a shorter window would miss them or count one as many. */
const windowMs = 300_000
const memoryEveryMs = 10_000
const edgesPerSecond = 10
/** All chips of the simulated board, each read once a second. */
const busyConfig = {
  telemetry: { sensorIntervalMs: 1000 },
  sensors: [
    { name: 'air', chip: 'bme280', address: 0x76, measures: 'air' },
    { name: 'air-2', chip: 'bme280', address: 0x77 },
    { name: 'case-1', chip: 'tmp102', address: 0x48 },
    { name: 'case-2', chip: 'tmp102', address: 0x49 },
    { name: 'case-3', chip: 'lm75', address: 0x4a },
    { name: 'supply', chip: 'ina219', address: 0x40, settings: { shuntOhms: 0.1, maxAmperes: 3.2 } },
    { name: 'supply-2', chip: 'ina226', address: 0x41, settings: { shuntOhms: 0.1, maxAmperes: 0.8 } },
    { name: 'battery', chip: 'max17048', address: 0x36 },
  ].map((sensor) => ({ ...sensor, bus: 1 })),
}
const alarms = 20
const daySeconds = 86_400
const eventsSchema = z.object({ items: z.array(eventSchema) })

interface Cost {
  readonly residentMib: readonly number[]
  readonly cpuSecondsPerMinute: number
  /** By the kernel's account of what went to storage (proc_pid_io(5)), extrapolated from the window. */
  readonly megabytesPerDay: readonly number[]
}

/** What looking after a machine costs a node: at rest, and while sensors are many and an input goes on and off; and how soon an opened case is on record elsewhere. */
export async function node({ report, note }: BenchContext): Promise<void> {
  const config = JSON.stringify({ safety: { tamper: { level: 'guard' } } })
  const busyNode = { name: 'busy', config: JSON.stringify(busyConfig) }
  await using fleet = await startFleet({ nodes: [{ name: 'idle' }, busyNode, { name: 'opened', config }] })
  const [idle, busy, opened] = fleet.daemons
  if (idle === undefined || busy === undefined || opened === undefined) return
  await sleep(settleMs)
  const over = new AbortController()
  const edges = makeEdges(busy, over.signal)
  const [idleCost, busyCost] = await Promise.all([costOf(idle), costOf(busy)])
  over.abort()
  note(
    `simulated boards over ${windowMs / 1000} s; idle: at defaults, 3 I2C sensors; busy: ${busyConfig.sensors.length} of them read each second, and ${await edges} edges on one input, made through its control socket`,
  )
  const peer = 'idle'
  const compare = (name: string, unit: string, pick: (cost: Cost) => readonly number[]): void => {
    report({ name: `node.idle.${name}`, unit, samples: pick(idleCost) })
    report({ name: `node.busy.${name}`, unit, samples: pick(busyCost), peer: { name: peer, samples: pick(idleCost) } })
  }
  compare('resident', 'MiB', ({ residentMib }) => residentMib)
  compare('cpu', 's/min', ({ cpuSecondsPerMinute }) => [cpuSecondsPerMinute])
  compare('written', 'MB/day', ({ megabytesPerDay }) => megabytesPerDay)
  report({ name: 'node.edge-to-record', unit: 'ms', samples: await timeAlarms(fleet, opened) })
}

/** @returns how many there were */
async function makeEdges(daemon: FleetDaemon, over: AbortSignal): Promise<number> {
  const socket = controlSocketPath(daemon.stateDir)
  let edges = 0
  while (!over.aborted) {
    await callControl(socket, edges % 2 === 0 ? 'sim.fault' : 'sim.clear', { fault: 'motion' })
    edges += 1
    await sleep(1000 / edgesPerSecond)
  }
  return edges
}

async function costOf({ process: running }: FleetDaemon): Promise<Cost> {
  const [cpuBefore, writtenBefore, startedAtMs] = [
    running.usage().cpuSeconds,
    await writtenBytes(running.pid),
    performance.now(),
  ]
  const residentMib: number[] = []
  while (performance.now() - startedAtMs < windowMs) {
    await sleep(memoryEveryMs)
    residentMib.push(running.usage().residentBytes / 2 ** 20)
  }
  const seconds = (performance.now() - startedAtMs) / 1000
  const written = await writtenBytes(running.pid)
  const perDay =
    written === undefined || writtenBefore === undefined ? [] : [((written - writtenBefore) / seconds) * daySeconds]
  return {
    residentMib,
    cpuSecondsPerMinute: ((running.usage().cpuSeconds - cpuBefore) / seconds) * 60,
    megabytesPerDay: perDay.map((bytes) => bytes / 1e6),
  }
}

async function writtenBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '')
  const bytes = /^write_bytes: (\d+)$/m.exec(text)?.[1]
  return bytes === undefined ? undefined : Number(bytes)
}

/** From the edge of the input for the case until the station lists the node's last gasp; what asking takes is in it. */
async function timeAlarms(fleet: Fleet, daemon: FleetDaemon): Promise<readonly number[]> {
  const socket = controlSocketPath(daemon.stateDir)
  const { id } = fleet.view.node(daemon.name)
  const path = `/api/v1/events?member=${id}&name=safety.last-gasp&limit=500`
  const known = async (): Promise<number> => eventsSchema.parse((await fleet.station.request(path)).json()).items.length
  const samples: number[] = []
  for (let round = 1; round <= alarms; round++) {
    const before = await known()
    const startedAtMs = performance.now()
    await callControl(socket, 'sim.fault', { fault: 'case-open' })
    await poll('the station has the record', async () => (await known()) > before, { everyMs: 5 })
    samples.push(performance.now() - startedAtMs)
    await callControl(socket, 'sim.clear', {})
    await poll('the latch is reset', async () => {
      const { code } = await fleet.station.cli('tamper', 'reset', daemon.name, '--why', 'measured')
      return code === 0
    })
  }
  return samples
}
