import type { HealthReason, PeerIdText, Readings } from '@wrale/protocol'
import type { Fleet, Node as FleetNode, NodeState, Witness } from '@wrale/protocol/api'
import { seeded } from './random.ts'

/** What the fake fleet is like: `trouble` has every state, `calm` is all well, `empty` has no node. */
export type Mood = 'trouble' | 'calm' | 'empty'

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const places = ['roof', 'gate', 'pump', 'field', 'mast', 'shed', 'tank', 'weir', 'yard', 'hut'] as const
const models = [
  'Raspberry Pi 5 Model B Rev 1.0',
  'Raspberry Pi 4 Model B Rev 1.5',
  'Raspberry Pi Zero 2 W Rev 1.0',
] as const
const intervalMs = 5000

export function fakeId(index: number): PeerIdText {
  const random = seeded(index * 7919 + 13)
  let id = '12D3KooW'
  while (id.length < 52) id += base58[Math.floor(random() * base58.length)]
  return id as PeerIdText
}

/** The station that the page is at, and another one. */
export const fakeStations = [
  { id: fakeId(100_001), name: 'office' },
  { id: fakeId(100_003), name: 'van' },
] as const

export function fakeName(index: number): string {
  return `${places[index % places.length]}-${Math.floor(index / places.length) + 1}`
}

function stateOf(index: number, count: number, mood: Mood): NodeState {
  if (mood === 'calm') return 'ok'
  const position = count <= 10 ? index : index % 40
  const states: Readonly<Record<number, NodeState>> = {
    0: 'fail',
    1: 'lost',
    2: 'warn',
    3: 'stale',
    7: 'unknown',
    12: 'warn',
  }
  return states[position] ?? 'ok'
}

function reasonsOf(state: NodeState, readings: Readings, index: number): HealthReason[] {
  const degrees = readings.temperatureCelsius?.toFixed(1) ?? '?'
  switch (state) {
    case 'fail':
      return [
        { aspect: 'thermal', state: 'fail', code: 'temperature-high', message: `${degrees} °C, above 80 °C` },
        { aspect: 'sensor', state: 'warn', code: 'fan-stalled', message: 'Fan stands still at 100 % duty' },
      ]
    case 'warn':
      return index % 2 === 0
        ? [{ aspect: 'storage', state: 'warn', code: 'disk-high', message: 'Disk is 91 % full, above 85 %' }]
        : [{ aspect: 'power', state: 'warn', code: 'battery-low', message: 'Battery at 24 %, below 30 %' }]
    case 'lost':
      return [{ aspect: 'network', state: 'fail', code: 'lost-contact', message: 'No member has a link to it' }]
    case 'stale':
      return [
        {
          aspect: 'network',
          state: 'warn',
          code: 'status-overdue',
          message: 'Its status is overdue; roof-1 still has a link',
        },
      ]
    case 'unknown':
      return [{ aspect: 'network', state: 'warn', code: 'never-heard', message: 'It joined and has not spoken yet' }]
    case 'ok':
      return []
  }
}

/** Readings at a time, as a smooth function, so that history and live values agree. */
export function fakeReadings(index: number, state: NodeState, atMs: number): Readings {
  const phase = index * 1.7
  const wave = (periodMs: number, shift = 0): number => Math.sin((atMs / periodMs) * 2 * Math.PI + phase + shift)
  const noise = seeded(Math.floor(atMs / 1000) * 31 + index)() - 0.5
  const busy = Math.min(
    1,
    Math.max(0.02, 0.32 + 0.18 * wave(600_000) + 0.08 * wave(47_000) + 0.1 * noise + (state === 'fail' ? 0.45 : 0)),
  )
  const heat =
    state === 'fail'
      ? 82.6 + 1.4 * Math.sin(atMs / 700_000) + 0.6 * noise
      : 46 + (index % 7) * 1.8 + 12 * busy + 1.2 * wave(1_800_000) + noise
  const memoryTotal = [8.3e9, 4.1e9, 0.52e9][index % 3] ?? 4.1e9
  const battery = index % 5 === 2 || index % 2 === 1
  return {
    temperatureCelsius: heat,
    cpuBusyRatio: busy,
    load1: busy * 4 + 0.1 * wave(90_000),
    memoryUsedBytes: memoryTotal * (0.41 + 0.06 * wave(1_200_000, 1)),
    memoryTotalBytes: memoryTotal,
    diskUsedBytes: 31.2e9 * (state === 'warn' && index % 2 === 0 ? 0.91 : 0.34 + (index % 9) * 0.03),
    diskTotalBytes: 31.2e9,
    networkReceiveBytesPerSecond: Math.max(0, 4200 + 3100 * wave(130_000) + 900 * noise),
    networkTransmitBytesPerSecond: Math.max(0, 2600 + 1400 * wave(170_000, 2) + 700 * noise),
    powerWatts: 2.7 + 3.4 * busy,
    supplyVolts: 5.08 + 0.04 * wave(300_000) + 0.01 * noise,
    ...(battery ? { batteryRatio: state === 'warn' ? 0.24 : 0.78 + 0.1 * wave(7_200_000) } : {}),
    ...(index % 3 === 2
      ? {}
      : {
          fanRpm: state === 'fail' ? 0 : Math.round(2400 + 900 * busy),
          fanDutyRatio: state === 'fail' ? 1 : 0.4 + 0.3 * busy,
        }),
    uptimeSeconds: 3 * 86_400 + 4000 * index + (atMs / 1000 - 1.7e9) * 1e-9,
  }
}

export function fakeNode(index: number, count: number, mood: Mood, startMs: number, nowMs: number): FleetNode {
  const state = stateOf(index, count, mood)
  const silentFor: Partial<Record<NodeState, number>> = { lost: 4 * 60_000 + 12_000, stale: 41_000 }
  const lastSeen = state === 'unknown' ? null : startMs - (silentFor[state] ?? 0)
  const heardMs = silentFor[state] === undefined ? nowMs - (index % 4) * 900 : (lastSeen ?? nowMs)
  const readings = state === 'unknown' ? {} : fakeReadings(index, state, heardMs)
  const witness = (other: number, linked: boolean, rttMs: number): Witness => ({
    id: fakeId(other),
    name: fakeName(other),
    role: 'node',
    at: new Date(heardMs).toISOString(),
    linked,
    ...(linked ? { rttMs } : {}),
  })
  const alive = state !== 'lost' && state !== 'unknown'
  const station: Witness = {
    id: fakeId(100_001),
    name: 'office',
    role: 'station',
    at: new Date(heardMs).toISOString(),
    linked: alive,
    ...(alive ? { rttMs: 0.8 + (index % 11) * 0.7 } : {}),
  }
  return {
    id: fakeId(index),
    name: fakeName(index),
    state,
    stateSince: new Date(
      startMs -
        ({ fail: 6 * 60_000, warn: 47 * 60_000, lost: 4 * 60_000, stale: 25_000, unknown: 90_000, ok: 3 * 3_600_000 }[
          state
        ] ?? 0),
    ).toISOString(),
    reasons: reasonsOf(state, readings, index),
    lastSeen: state === 'unknown' ? null : new Date(heardMs).toISOString(),
    seenBy:
      state === 'unknown'
        ? []
        : [witness(index === 0 ? 4 : 0, alive, 1.2 + (index % 7)), ...(count > 2 && alive ? [station] : [])],
    readings,
    ...(state === 'unknown'
      ? {}
      : {
          powerSource:
            readings.batteryRatio !== undefined && (index % 2 === 1 || index % 10 === 2) ? 'battery' : 'mains',
          model: index === 5 ? 'Standard PC (Q35 + ICH9, 2009)' : models[index % 3],
        }),
    simulated: index % 6 !== 5,
    software: '0.1.0',
    intervalMs,
    clockErrorMs: (index % 13) - 6,
  }
}

export function fakeFleet(nodes: readonly FleetNode[], link: Fleet['station']['link'], startMs: number): Fleet {
  const counts: Fleet['counts'] = { ok: 0, warn: 0, fail: 0, stale: 0, lost: 0, unknown: 0 }
  for (const { state } of nodes) counts[state] += 1
  return {
    id: fakeId(100_002) as unknown as Fleet['id'],
    name: 'North valley',
    station: {
      id: fakeId(100_001),
      name: 'office',
      software: '0.1.0',
      startedAt: new Date(startMs - 3_600_000).toISOString(),
      link,
      peers:
        link === 'up' ? Math.min(12, nodes.filter(({ state }) => state !== 'lost' && state !== 'unknown').length) : 0,
      addresses: ['/ip4/192.168.1.20/tcp/4001'],
    },
    counts,
  }
}
