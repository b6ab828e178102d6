import { CloseButton, TextInput } from '@mantine/core'
import { IconLayoutGrid, IconSearch, IconTable } from '@tabler/icons-react'
import { type RefObject, useMemo } from 'react'
import { Link } from 'wouter'
import { useNodes } from '../../app/hooks.ts'
import { columns } from '../../model/columns.ts'
import { countStates, filterNodes, isFiltered } from '../../model/filter.ts'
import { counted } from '../../model/format.ts'
import { type ListQuery, nodeKinds } from '../../model/list-query.ts'
import { toggled } from '../../model/selection.ts'
import { nodeStates, stateMeanings, stateWords } from '../../model/state.ts'
import { Segments } from '../../ui/segments.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './nodes.module.css'
import type { UpdateQuery } from './use-list-query.ts'

const views = [
  { value: 'table', label: 'Table', icon: IconTable },
  { value: 'cards', label: 'Cards', icon: IconLayoutGrid },
] as const

interface ToolbarProps {
  readonly query: ListQuery
  readonly update: UpdateQuery
  readonly searchRef: RefObject<HTMLInputElement | null>
}

/** More states than this need a line of their own beside the choice of an order. */
const statesInLine = 3

export function Toolbar({ query, update, searchRef }: ToolbarProps) {
  const nodes = useNodes()
  const crowded = useMemo(() => new Set([...nodes.values()].map(({ state }) => state)).size > statesInLine, [nodes])
  return (
    <search className={classes.toolbar} data-view={query.view} data-crowded={crowded || undefined}>
      <TextInput
        ref={searchRef}
        type="search"
        aria-label="Filter nodes"
        placeholder="Name, reason, model, env=prod"
        className={classes.search}
        leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
        rightSection={
          query.search === '' ? (
            <kbd className={classes.hint}>/</kbd>
          ) : (
            <CloseButton size="sm" aria-label="Clear the text" onClick={() => update({ search: '' })} />
          )
        }
        value={query.search}
        onChange={(event) => update({ search: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return
          event.preventDefault()
          if (event.key === 'Escape' && query.search !== '') update({ search: '' })
          else event.currentTarget.blur()
        }}
      />
      <div className={classes.filters}>
        <StateFilter query={query} update={update} />
        <KindFilter query={query} update={update} />
      </div>
      <Count query={query} />
      <Link href="/groups" className={classes.groups}>
        Groups
      </Link>
      <SortSelect query={query} update={update} />
      <Segments label="View" options={views} value={query.view} onChange={(view) => update({ view })} />
    </search>
  )
}

type FilterProps = Pick<ToolbarProps, 'query' | 'update'>

/** One button a state, with the number of nodes that it would show. States that no node is in are left out. */
function StateFilter({ query, update }: FilterProps) {
  const nodes = useNodes()
  const counts = useMemo(() => countStates(nodes.values(), query), [nodes, query])
  return (
    <fieldset aria-label="States" className={classes.chips}>
      {nodeStates
        .filter((state) => counts.has(state) || query.states.includes(state))
        .map((state) => (
          <button
            key={state}
            type="button"
            className={classes.chip}
            aria-pressed={query.states.includes(state)}
            title={stateMeanings[state]}
            onClick={() => update({ states: nodeStates.filter((one) => toggled(query.states, state).includes(one)) })}
          >
            <StateMark state={state} size={14} />
            {stateWords[state]}
            <span className={classes.chipCount}>{counts.get(state) ?? 0}</span>
          </button>
        ))}
    </fieldset>
  )
}

function KindFilter({ query, update }: FilterProps) {
  const nodes = useNodes()
  const isMixed = useMemo(() => new Set([...nodes.values()].map(({ simulated }) => simulated)).size > 1, [nodes])
  if (!isMixed && query.kinds.length === 0) return null
  return (
    <fieldset aria-label="Kinds" className={classes.chips}>
      {nodeKinds.map((kind) => (
        <button
          key={kind}
          type="button"
          className={classes.chip}
          aria-pressed={query.kinds.includes(kind)}
          onClick={() => update({ kinds: nodeKinds.filter((one) => toggled(query.kinds, kind).includes(one)) })}
        >
          {kind}
        </button>
      ))}
    </fieldset>
  )
}

function Count({ query }: { readonly query: ListQuery }) {
  const nodes = useNodes()
  const shown = useMemo(
    () => (isFiltered(query) ? filterNodes(nodes.values(), query).length : nodes.size),
    [nodes, query],
  )
  return (
    <output className={classes.count}>
      {shown === nodes.size ? counted(nodes.size, 'node') : `${shown} of ${counted(nodes.size, 'node')}`}
    </output>
  )
}

/** For cards and narrow windows, which have no column heads to sort by. */
function SortSelect({ query: { sort, view }, update }: FilterProps) {
  return (
    <select
      className={classes.sort}
      data-view={view}
      aria-label="Sort by"
      value={sort.column}
      onChange={({ currentTarget }) => {
        const column = columns.find(({ id }) => id === currentTarget.value)
        if (column !== undefined) update({ sort: { column: column.id, descending: column.numeric } })
      }}
    >
      {columns.map(({ id, label }) => (
        <option key={id} value={id}>
          By {label.toLowerCase()}
        </option>
      ))}
    </select>
  )
}
