import { IconLayoutGrid, IconTable } from '@tabler/icons-react'
import { type RefObject, useMemo } from 'react'
import { Link } from 'wouter'
import { useNodes } from '../../app/hooks.ts'
import { columns } from '../../model/columns.ts'
import { countStates, filterNodes, isFiltered } from '../../model/filter.ts'
import { counted } from '../../model/format.ts'
import { type ListQuery, nodeKinds } from '../../model/list-query.ts'
import { toggled } from '../../model/selection.ts'
import { nodeStates, stateMeanings, stateWords } from '../../model/state.ts'
import { Choice, Choices } from '../../ui/choices.tsx'
import { FilterBox } from '../../ui/filter-box.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Select } from '../../ui/select.tsx'
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

/** More states than this need a line of their own; cards have the choice of an order beside them. */
const statesInLine = { table: 4, cards: 3 } as const

export function Toolbar({ query, update, searchRef }: ToolbarProps) {
  const nodes = useNodes()
  const states = useMemo(() => new Set([...nodes.values()].map(({ state }) => state)).size, [nodes])
  const crowded = states > statesInLine[query.view]
  return (
    <search className={classes.toolbar} data-view={query.view} data-crowded={crowded || undefined}>
      <FilterBox
        label="Filter nodes"
        placeholder="Name, reason, model, env=prod"
        value={query.search}
        onChange={(search) => update({ search })}
        inputRef={searchRef}
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
    <Choices label="States">
      {nodeStates
        .filter((state) => counts.has(state) || query.states.includes(state))
        .map((state) => (
          <Choice
            key={state}
            pressed={query.states.includes(state)}
            title={stateMeanings[state]}
            count={counts.get(state) ?? 0}
            onClick={() => update({ states: nodeStates.filter((one) => toggled(query.states, state).includes(one)) })}
          >
            <StateMark state={state} size={14} />
            {stateWords[state]}
          </Choice>
        ))}
    </Choices>
  )
}

function KindFilter({ query, update }: FilterProps) {
  const nodes = useNodes()
  const isMixed = useMemo(() => new Set([...nodes.values()].map(({ simulated }) => simulated)).size > 1, [nodes])
  if (!isMixed && query.kinds.length === 0) return null
  return (
    <Choices label="Kinds">
      {nodeKinds.map((kind) => (
        <Choice
          key={kind}
          pressed={query.kinds.includes(kind)}
          onClick={() => update({ kinds: nodeKinds.filter((one) => toggled(query.kinds, kind).includes(one)) })}
        >
          {kind}
        </Choice>
      ))}
    </Choices>
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

const orders = columns.map(({ id, label }) => ({ value: id, label: `By ${label.toLowerCase()}` }))

/** For cards and narrow windows, which have no column heads to sort by. */
function SortSelect({ query: { sort }, update }: FilterProps) {
  return (
    <Select
      className={classes.sort}
      label="Sort by"
      options={orders}
      value={sort.column}
      onChange={(chosen) => {
        const column = columns.find(({ id }) => id === chosen)
        if (column !== undefined) update({ sort: { column: column.id, descending: column.numeric } })
      }}
    />
  )
}
