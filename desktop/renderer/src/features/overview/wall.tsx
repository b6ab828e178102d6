import { VisuallyHidden } from '@mantine/core'
import type { Node as FleetNode, NodeState } from '@wrale/protocol/api'
import { type KeyboardEvent, memo, useCallback, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { counted, formatMetric } from '../../model/format.ts'
import { defaultQuery, formatListQuery } from '../../model/list-query.ts'
import { isSilent, nodeStates, stateMeanings, stateWords } from '../../model/state.ts'
import { Lasting } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './overview.module.css'

/** Up to this many nodes the marks have names beside them; a bigger wall is marks alone. */
const namedLimit = 48

/** Every node as one mark, always in the same place, so that a change is seen from the corner of the eye. */
export function Wall({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  const [current, setCurrent] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const named = nodes.length <= namedLimit
  const onKeyDown = useCallback((event: KeyboardEvent<HTMLAnchorElement>): void => {
    const marks = [...(list.current?.querySelectorAll('a') ?? [])]
    const index = marks.indexOf(event.currentTarget)
    const next = neighbour(marks, index, event.key)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    marks[next]?.focus()
  }, [])
  return (
    <section aria-labelledby="wall" className={classes.wall}>
      <div className={classes.wallHead}>
        <h2 id="wall" className={classes.heading}>
          {counted(nodes.length, 'node')}
        </h2>
        <Legend nodes={nodes} />
      </div>
      <ul
        ref={list}
        className={classes.marks}
        data-named={named || undefined}
        data-many={nodes.length > 300 || undefined}
      >
        {nodes.map((node, index) => (
          <WallMark
            key={node.id}
            id={node.id}
            name={node.name}
            state={node.state}
            temperature={
              named && !isSilent(node) ? formatMetric('temperatureCelsius', node.readings.temperatureCelsius) : ''
            }
            lastSeen={isSilent(node) ? node.lastSeen : null}
            why={node.reasons[0]?.message}
            named={named}
            onKeyDown={onKeyDown}
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
  readonly temperature: string
  /** Of a silent node, whose age stands in place of its temperature. */
  readonly lastSeen: string | null
  readonly why: string | undefined
  readonly named: boolean
  readonly onKeyDown: (event: KeyboardEvent<HTMLAnchorElement>) => void
  readonly reachable: boolean
}

const WallMark = memo(function WallMark({
  id,
  name,
  state,
  temperature,
  lastSeen,
  why,
  named,
  onKeyDown,
  reachable,
}: WallMarkProps) {
  const label = [name, stateWords[state], why].filter((part) => part !== undefined).join(', ')
  return (
    <li>
      <Link
        href={`/nodes/${id}`}
        className={classes.mark}
        title={label}
        aria-label={named ? undefined : label}
        tabIndex={reachable ? 0 : -1}
        onKeyDown={onKeyDown}
        data-testid="wall-mark"
        data-node-name={name}
        data-state={state}
      >
        <StateMark key={state} state={state} />
        {named && (
          <>
            <span className={classes.markName}>{name}</span>
            <VisuallyHidden>{label.slice(name.length)}</VisuallyHidden>
            <span className={classes.markDetail}>{lastSeen === null ? temperature : <Lasting since={lastSeen} />}</span>
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
