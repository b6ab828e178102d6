import { TextInput } from '@mantine/core'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { useState } from 'react'
import { useNodes } from '../../app/hooks.ts'
import { filterNodes } from '../../model/filter.ts'
import { toggled } from '../../model/selection.ts'
import { compareNames } from '../../model/state.ts'
import classes from './groups.module.css'

interface GroupNodesProps {
  readonly chosen: readonly string[]
  /** Nodes that are in it by their labels. */
  readonly bySelector: readonly FleetNode[]
  readonly setChosen: (ids: readonly string[]) => void
}

/** Rows that are shown at once: for more there is the filter. */
const shownRows = 40

/** Nodes to put in by hand. Those that are in by hand stand first. */
export function GroupNodes({ chosen, bySelector, setChosen }: GroupNodesProps) {
  const nodes = useNodes()
  const [search, setSearch] = useState('')
  const [first] = useState(() => new Set(chosen))
  const found = filterNodes(nodes.values(), { search, states: [], kinds: [] }).toSorted(
    (a, b) => Number(first.has(b.id)) - Number(first.has(a.id)) || compareNames(a.name, b.name),
  )
  const byLabels = new Set(bySelector.map(({ id }) => id))
  return (
    <fieldset className={classes.nodes}>
      <legend>Nodes by hand</legend>
      <TextInput
        size="xs"
        type="search"
        aria-label="Find nodes"
        placeholder="Find nodes"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul aria-label="Nodes to choose from">
        {found.slice(0, shownRows).map(({ id, name }) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={chosen.includes(id)} onChange={() => setChosen(toggled(chosen, id))} />
              <span>{name}</span>
              {byLabels.has(id) && <span className={classes.faint}>by its labels</span>}
            </label>
          </li>
        ))}
      </ul>
      {found.length > shownRows && <p className={classes.faint}>and {found.length - shownRows} more: use the filter</p>}
    </fieldset>
  )
}
