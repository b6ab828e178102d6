import type { Node as FleetNode } from '@wrale/protocol/api'
import { bestWitness, diskRatio, memoryRatio, roundTripMs } from './readings.ts'
import { labelsOf, labelText, placeText } from './labels.ts'
import { compareNames, stateRank } from './state.ts'

export const columnIds = [
  'state',
  'name',
  'temperature',
  'cpu',
  'memory',
  'disk',
  'power',
  'link',
  'seen',
  'labels',
  'place',
  'why',
] as const
export type ColumnId = (typeof columnIds)[number]

export interface Column {
  readonly id: ColumnId
  readonly label: string
  /** Unit of every value in the column, named once in the header. */
  readonly unit?: string
  readonly numeric: boolean
  /** Least width in pixels at which the column is worth showing. */
  readonly width: number
  /** Takes its share of what is left. */
  readonly grows?: number
  /** Columns with the highest number give way first when room is short; 0 always stays. */
  readonly yields: number
  /** Shown only where some node has it. */
  readonly optional?: true
}

export const columns: readonly Column[] = [
  { id: 'state', label: 'State', numeric: false, width: 124, yields: 0 },
  { id: 'name', label: 'Name', numeric: false, width: 140, grows: 1, yields: 0 },
  { id: 'temperature', label: 'Temp.', unit: '°C', numeric: true, width: 84, yields: 1 },
  { id: 'cpu', label: 'CPU', unit: '%', numeric: true, width: 68, yields: 4 },
  { id: 'memory', label: 'Memory', unit: '%', numeric: true, width: 92, yields: 5 },
  { id: 'disk', label: 'Disk', unit: '%', numeric: true, width: 72, yields: 6 },
  { id: 'power', label: 'Power', numeric: false, width: 92, yields: 7 },
  { id: 'link', label: 'Link', unit: 'ms', numeric: true, width: 76, yields: 9 },
  { id: 'seen', label: 'Last seen', numeric: false, width: 112, yields: 2 },
  { id: 'labels', label: 'Labels', numeric: false, width: 150, grows: 1, yields: 8, optional: true },
  { id: 'place', label: 'Place', numeric: false, width: 130, grows: 1, yields: 10, optional: true },
  { id: 'why', label: 'Why', numeric: false, width: 240, grows: 4, yields: 3 },
]

/** Room that the check box and the paddings of a row take, pixels. */
const rowChrome = 56

/** The columns that fit into `width` pixels, in their own order. @param present optional columns that some node fills */
export function columnsFor(width: number, present: ReadonlySet<ColumnId>): readonly Column[] {
  let kept = columns.filter(({ id, optional }) => optional === undefined || present.has(id))
  const needed = (): number => kept.reduce((sum, column) => sum + column.width, rowChrome)
  while (needed() > width) {
    const first = kept.reduce((worst, column) => (column.yields > worst.yields ? column : worst))
    if (first.yields === 0) break
    kept = kept.filter((column) => column !== first)
  }
  return kept
}

/** Grid template of the columns, without the check box. */
export function gridTemplate(shown: readonly Column[]): string {
  return shown
    .map(({ width, grows }) => (grows === undefined ? `${width}px` : `minmax(${width}px, ${grows}fr)`))
    .join(' ')
}

type SortKey = number | string | undefined

/** What a column sorts by. Undefined values stand last whatever the direction. */
export function sortKey(column: ColumnId, node: FleetNode): SortKey {
  switch (column) {
    case 'state':
      return stateRank(node.state)
    case 'name':
      return node.name
    case 'temperature':
      return node.readings.temperatureCelsius
    case 'cpu':
      return node.readings.cpuBusyRatio
    case 'memory':
      return memoryRatio(node.readings)
    case 'disk':
      return diskRatio(node.readings)
    case 'power':
      return powerKey(node)
    case 'link':
      return roundTripMs(node) ?? (bestWitness(node) === undefined ? undefined : Number.MAX_SAFE_INTEGER)
    case 'seen':
      return node.lastSeen === null ? undefined : Date.parse(node.lastSeen)
    case 'labels':
      return labelsOf(node).map(labelText).join(', ') || undefined
    case 'place':
      return placeText(node.place) || undefined
    case 'why':
      return node.reasons[0]?.message
  }
}

/** Batteries by charge, then mains: the emptiest battery is what one looks for. */
function powerKey(node: FleetNode): SortKey {
  if (node.powerSource === undefined) return undefined
  return node.powerSource === 'battery' ? (node.readings.batteryRatio ?? 1) : 2
}

/** Compares for a column and direction; ties by name, then id, so that the order is total and never flickers. */
export function compareBy(column: ColumnId, descending: boolean): (a: FleetNode, b: FleetNode) => number {
  const direction = descending ? -1 : 1
  return (a, b) => {
    const x = sortKey(column, a)
    const y = sortKey(column, b)
    const tie = compareNames(a.name, b.name) || (a.id < b.id ? -1 : Number(a.id > b.id))
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined) || tie
    const order = typeof x === 'string' || typeof y === 'string' ? compareNames(String(x), String(y)) : x - y
    return direction * order || tie
  }
}
