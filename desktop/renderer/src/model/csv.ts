import { metricCatalogue, type MetricUnit } from '@wrale/protocol'
import type { Node as FleetNode } from '@wrale/protocol/api'
import type { MeshLink } from './mesh/mesh.ts'
import { diskRatio, memoryRatio, roundTripMs } from './readings.ts'
import type { Aligned } from './series.ts'

type Cell = string | number | null | undefined

/** RFC 4180. Text that a spreadsheet would run as a formula is made text. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** One line a time that has a value; times are RFC 3339 in UTC, values in the unit of the header. */
export function seriesCsv(labels: readonly string[], unit: MetricUnit, { timesMs, values }: Aligned): string {
  const rows = timesMs.flatMap((atMs, index) => {
    const row = values.map((column) => column[index])
    return row.every((value) => value === null) ? [] : [[new Date(atMs).toISOString(), ...row]]
  })
  return csv([['time', ...labels.map((label) => `${label} (${unit})`)], ...rows])
}

/** One line a node, with what the list shows of it. */
export function nodesCsv(nodes: readonly FleetNode[]): string {
  const header = [
    'id',
    'name',
    'state',
    'since',
    'last_seen',
    metricCatalogue.temperatureCelsius.prometheus,
    'cpu_ratio',
    'memory_ratio',
    'disk_ratio',
    'link_ms',
    'why',
  ]
  return csv([
    header,
    ...nodes.map((node) => [
      node.id,
      node.name,
      node.state,
      node.stateSince,
      node.lastSeen,
      node.readings.temperatureCelsius,
      node.readings.cpuBusyRatio,
      memoryRatio(node.readings),
      diskRatio(node.readings),
      roundTripMs(node),
      node.reasons.map(({ message }) => message).join('; '),
    ]),
  ])
}

/** One line a link, each side's own measurement apart. */
export function linksCsv(links: readonly MeshLink[]): string {
  return csv([
    ['a', 'b', 'rtt_ms_from_a', 'rtt_ms_from_b', 'loss_ratio', 'kind', 'told_at'],
    ...links.map(({ a, b, fromA, fromB, lossRatio, kind, toldAtMs }) => [
      a.name,
      b.name,
      fromA,
      fromB,
      lossRatio,
      kind,
      toldAtMs === undefined ? undefined : new Date(toldAtMs).toISOString(),
    ]),
  ])
}
