import type { Node as FleetNode, NodeState } from '@wrale/protocol/api'
import { type KeyboardEvent, memo, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { counted, formatMetric } from '../../model/format.ts'
import { defaultQuery, formatListQuery } from '../../model/list-query.ts'
import { nodeStates, stateMeanings, stateWords } from '../../model/state.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './overview.module.css'

/** Up to this many nodes the marks have names beside them; a bigger wall is marks alone. */
const namedLimit = 48

/** Every node as one mark, always in the same place, so that a change is seen from the corner of the eye. */
export function Wall({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  const [current, setCurrent] = useState(0)
  const named = nodes.length <= namedLimit
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>): void => {
    const marks = [...event.currentTarget.querySelectorAll('a')]
    const index = marks.indexOf(event.target as HTMLAnchorElement)
    const next = neighbour(marks, index, event.key)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    marks[next]?.focus()
  }
  return (
    <section aria-labelledby="wall" className={classes.wall}>
      <div className={classes.wallHead}>
        <h2 id="wall" className={classes.heading}>
          {counted(nodes.length, 'node')}
        </h2>
        <Legend nodes={nodes} />
      </div>
      <ul
        className={classes.marks}
        data-named={named || undefined}
        data-many={nodes.length > 300 || undefined}
        onKeyDown={onKeyDown}
      >
        {nodes.map((node, index) => (
          <WallMark
            key={node.id}
            id={node.id}
            name={node.name}
            state={node.state}
            detail={named ? formatMetric('temperatureCelsius', node.readings.temperatureCelsius) : ''}
            why={node.reasons[0]?.message}
            named={named}
            reachable={index === Math.min(current, nodes.length - 1)}
          />
        ))}
      </ul>
    </section>
  )
}

/** Index of the mark that an arrow leads to. Rows are found from where the marks stand, for they wrap with the window. */
function neighbour(marks: readonly HTMLElement[], index: number, key: string): number | undefined {
  const bounded = (wanted: number): number => Math.min(marks.length - 1, Math.max(0, wanted))
  const top = marks[0]?.offsetTop
  const perRow = Math.max(
    1,
    marks.findIndex(({ offsetTop }) => offsetTop !== top),
  )
  const row = marks.every(({ offsetTop }) => offsetTop === top) ? marks.length : perRow
  switch (key) {
    case 'ArrowRight':
      return bounded(index + 1)
    case 'ArrowLeft':
      return bounded(index - 1)
    case 'ArrowDown':
      return bounded(index + row)
    case 'ArrowUp':
      return bounded(index - row)
    case 'Home':
      return 0
    case 'End':
      return marks.length - 1
    default:
      return undefined
  }
}

interface WallMarkProps {
  readonly id: string
  readonly name: string
  readonly state: NodeState
  readonly detail: string
  readonly why: string | undefined
  readonly named: boolean
  readonly reachable: boolean
}

const WallMark = memo(function WallMark({ id, name, state, detail, why, named, reachable }: WallMarkProps) {
  const label = [name, stateWords[state], why].filter((part) => part !== undefined).join(', ')
  return (
    <li>
      <Link
        href={`/nodes/${id}`}
        className={classes.mark}
        title={label}
        aria-label={label}
        tabIndex={reachable ? 0 : -1}
        data-testid="wall-mark"
        data-node-name={name}
        data-state={state}
      >
        <StateMark key={state} state={state} />
        {named && (
          <>
            <span className={classes.markName}>{name}</span>
            <span className={classes.markDetail}>{detail}</span>
          </>
        )}
      </Link>
    </li>
  )
})

/** How many nodes are in each state; each count leads to them. */
function Legend({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  const counts = useMemo(() => {
    const result = new Map<NodeState, number>()
    for (const { state } of nodes) result.set(state, (result.get(state) ?? 0) + 1)
    return result
  }, [nodes])
  return (
    <ul className={classes.legend}>
      {nodeStates
        .filter((state) => counts.has(state))
        .map((state) => (
          <li key={state}>
            <Link href={`/nodes?${formatListQuery({ ...defaultQuery, states: [state] })}`} title={stateMeanings[state]}>
              <StateMark state={state} size={14} />
              {counts.get(state)} {stateWords[state]}
            </Link>
          </li>
        ))}
    </ul>
  )
}
