import type { NodeState } from '@wrale/protocol/api'
import { columnIds, type ColumnId } from './columns.ts'
import { nodeStates } from './state.ts'

export type NodeKind = 'hardware' | 'simulated'
export const nodeKinds = ['hardware', 'simulated'] as const satisfies readonly NodeKind[]

export interface Sort {
  readonly column: ColumnId
  readonly descending: boolean
}

/** Everything about the Nodes screen that has a place in the URL. */
export interface ListQuery {
  readonly view: 'table' | 'cards'
  readonly search: string
  /** Empty: every state. */
  readonly states: readonly NodeState[]
  /** Empty: every kind. */
  readonly kinds: readonly NodeKind[]
  readonly sort: Sort
  /** Node in the side panel. */
  readonly open: string | undefined
  /** Chosen nodes, as the ends of their ids (see `shortId`). */
  readonly selected: readonly string[]
}

export const defaultSort: Sort = { column: 'state', descending: false }
export const defaultQuery: ListQuery = {
  view: 'table',
  search: '',
  states: [],
  kinds: [],
  sort: defaultSort,
  open: undefined,
  selected: [],
}

const maxSearchLength = 200
/** Bounds the URL: about 9 kB, within the 16 kB of request headers that servers take. */
export const maxSelected = 1000
const shortIdLength = 8

/** The end of a PeerId: 46 bits of a key's hash, enough to tell a fleet's nodes apart, short enough for an address bar. */
export function shortId(id: string): string {
  return id.slice(-shortIdLength)
}

/** Reads a query string; what does not fit is left out, because people edit and cut URLs. */
export function parseListQuery(text: string): ListQuery {
  const parameters = new URLSearchParams(text)
  const words = (name: string): string[] => [
    ...new Set((parameters.get(name) ?? '').split('.').filter((word) => word !== '')),
  ]
  const states = new Set(words('state'))
  const kinds = new Set(words('kind'))
  return {
    view: parameters.get('view') === 'cards' ? 'cards' : 'table',
    search: (parameters.get('q') ?? '').slice(0, maxSearchLength),
    states: nodeStates.filter((state) => states.has(state)),
    kinds: nodeKinds.filter((kind) => kinds.has(kind)),
    sort: parseSort(parameters.get('sort')),
    open: parameters.get('node') ?? undefined,
    selected: words('sel')
      .filter((word) => /^[1-9A-HJ-NP-Za-km-z]{8}$/.test(word))
      .slice(0, maxSelected),
  }
}

function parseSort(text: string | null): Sort {
  const descending = text?.startsWith('-') ?? false
  const name = descending ? text?.slice(1) : text
  const column = columnIds.find((id) => id === name)
  return column === undefined ? defaultSort : { column, descending }
}

/** Only what differs from the default is written, so a plain screen has a plain URL. No leading `?`. */
export function formatListQuery(query: ListQuery): string {
  const parameters = new URLSearchParams()
  if (query.view !== defaultQuery.view) parameters.set('view', query.view)
  if (query.search !== '') parameters.set('q', query.search.slice(0, maxSearchLength))
  if (query.states.length > 0)
    parameters.set('state', nodeStates.filter((state) => query.states.includes(state)).join('.'))
  if (query.kinds.length > 0) parameters.set('kind', nodeKinds.filter((kind) => query.kinds.includes(kind)).join('.'))
  const { column, descending } = query.sort
  if (column !== defaultSort.column || descending !== defaultSort.descending)
    parameters.set('sort', `${descending ? '-' : ''}${column}`)
  if (query.open !== undefined) parameters.set('node', query.open)
  if (query.selected.length > 0) parameters.set('sel', query.selected.slice(0, maxSelected).join('.'))
  return parameters.toString()
}
