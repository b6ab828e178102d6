import type { NodeState } from '@wrale/protocol/api'
import { exposition } from './exposition.ts'

export interface StationNumbers {
  readonly software: string
  readonly nodesByState: Readonly<Record<NodeState, number>>
  readonly peers: number
  readonly watchers: number
  readonly samplesDropped: number
  /** Things that misbehaving peers did, by kind. */
  readonly incidents: ReadonlyMap<string, number>
  /** Records of peers that were refused. */
  readonly recordsRejected: number
}

export function stationMetrics(numbers: StationNumbers): string {
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  return exposition([
    {
      name: 'wrale_build_info',
      help: 'Version of this software.',
      type: 'gauge',
      values: [{ labels: { version: numbers.software }, value: 1 }],
    },
    {
      name: 'wrale_nodes',
      help: 'Nodes of the fleet by state as this station sees it.',
      type: 'gauge',
      values: Object.entries(numbers.nodesByState).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'wrale_mesh_peers',
      help: 'Members linked to this station.',
      type: 'gauge',
      values: [{ value: numbers.peers }],
    },
    {
      name: 'wrale_watchers',
      help: 'Live streams being served.',
      type: 'gauge',
      values: [{ value: numbers.watchers }],
    },
    {
      name: 'wrale_history_dropped_total',
      help: 'Samples lost because they could not be written.',
      type: 'counter',
      values: [{ value: numbers.samplesDropped }],
    },
    {
      name: 'wrale_records_rejected_total',
      help: 'Records of peers that were refused.',
      type: 'counter',
      values: [{ value: numbers.recordsRejected }],
    },
    {
      name: 'wrale_mesh_incidents_total',
      help: 'Misbehaviour of peers by kind.',
      type: 'counter',
      values: [...numbers.incidents].map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size in bytes.',
      type: 'gauge',
      values: [{ value: memory.rss }],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time spent in seconds.',
      type: 'counter',
      values: [{ value: (cpu.user + cpu.system) / 1e6 }],
    },
  ])
}
