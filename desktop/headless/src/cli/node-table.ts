import { formatSelector, type Node, type NodeState } from '@wrale/protocol/api'
import { absent, formatAge, formatDuration, formatReading } from './format.ts'
import { type Column, painter, tableOf } from './print.ts'

const colours: Record<NodeState, Parameters<ReturnType<typeof painter>>[0]> = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
  stale: 'magenta',
  lost: 'red',
  unknown: 'gray',
}
/** The worst first. */
const order: readonly NodeState[] = ['fail', 'lost', 'warn', 'stale', 'unknown', 'ok']

/** What operators say of a node. */
const notesColumns: readonly Column<Node>[] = [
  { title: 'LABELS', cell: ({ labels = {} }) => formatSelector(labels) || absent },
  { title: 'PLACE', cell: ({ place = {} }) => Object.values(place).join(' / ') || absent },
  { title: 'GROUPS', cell: ({ groups = [] }) => groups.join(',') || absent },
]

/** One line a node; those that need someone come first. */
export function nodeTable(
  nodes: readonly Node[],
  nowMs: number,
  stream: NodeJS.WriteStream,
  { wide = false }: { readonly wide?: boolean } = {},
): string {
  const paint = painter(stream)
  const columns: readonly Column<Node>[] = [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'STATE', cell: ({ state }) => state, paint: (text, { state }) => paint(colours[state], text) },
    { title: 'FOR', align: 'right', cell: ({ stateSince }) => formatDuration(nowMs - Date.parse(stateSince)) },
    { title: 'LAST SEEN', align: 'right', cell: ({ lastSeen }) => formatAge(lastSeen, nowMs) },
    {
      title: 'TEMP',
      align: 'right',
      cell: ({ readings }) => formatReading('temperatureCelsius', readings.temperatureCelsius),
    },
    { title: 'CPU', align: 'right', cell: ({ readings }) => formatReading('cpuBusyRatio', readings.cpuBusyRatio) },
    {
      title: 'MEMORY',
      align: 'right',
      cell: ({ readings }) => formatReading('memoryUsedBytes', readings.memoryUsedBytes),
    },
    { title: 'POWER', align: 'right', cell: ({ readings }) => formatReading('powerWatts', readings.powerWatts) },
    ...(wide ? notesColumns : []),
    { title: 'ID', cell: ({ id }) => id },
  ]
  return tableOf(columns, worstFirst(nodes))
}

export function worstFirst(nodes: readonly Node[]): Node[] {
  return nodes.toSorted(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  )
}

/** `5 nodes: 4 ok, 1 lost` */
export function countLine(nodes: readonly Node[]): string {
  const counts = order.flatMap((state) => {
    const count = nodes.filter((node) => node.state === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  const total = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`
  return counts.length === 0 ? total : `${total}: ${counts.join(', ')}`
}
