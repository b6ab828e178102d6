import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, memo, type MouseEvent, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useNode, useServices } from '../../app/hooks.ts'
import { shortId } from '../../model/list-query.ts'
import { isSilent } from '../../model/state.ts'
import { selectCursor } from '../../stores/list-store.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { Cell } from './cell.tsx'
import classes from './nodes.module.css'
import { type ListProps, useFocusFollows } from './table-list.tsx'
import type { ListActions } from './use-list-actions.ts'

const minCardWidth = 248
const gap = 12
const cardHeight = 156

/** The same nodes as cards: for a wall screen, or a thumb. */
export function CardList({ order, width, query, actions }: ListProps) {
  const { list } = useServices()
  const cursor = useStore(list, selectCursor)
  const scroll = useRef<HTMLDivElement>(null)
  const perRow = Math.max(1, Math.floor((width - gap) / (minCardWidth + gap)))
  const selected = useMemo(() => new Set(query.selected), [query.selected])
  const virtual = useVirtualizer({
    count: Math.ceil(order.length / perRow),
    getScrollElement: () => scroll.current,
    estimateSize: () => cardHeight + gap,
    overscan: 4,
    paddingStart: gap,
  })
  useEffect(() => virtual.measure(), [virtual, perRow])
  useFocusFollows(scroll, cursor, order, (index) => virtual.scrollToIndex(Math.floor(index / perRow)))
  const reachable = cursor !== undefined && order.includes(cursor) ? cursor : order[0]
  return (
    <div
      ref={scroll}
      role="grid"
      aria-label="Nodes"
      aria-rowcount={Math.ceil(order.length / perRow)}
      aria-multiselectable="true"
      data-keys="list"
      className={classes.scroll}
    >
      <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={order[index * perRow]}
            role="row"
            aria-rowindex={index + 1}
            className={classes.cardRow}
            style={{ transform: `translateY(${start}px)`, '--per-row': perRow } as CSSProperties}
          >
            {order.slice(index * perRow, (index + 1) * perRow).map((id) => (
              <Card
                key={id}
                id={id}
                selected={selected.has(shortId(id))}
                open={query.open === id}
                current={cursor === id}
                reachable={reachable === id}
                actions={actions}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

interface CardProps {
  readonly id: string
  readonly selected: boolean
  readonly open: boolean
  readonly current: boolean
  readonly reachable: boolean
  readonly actions: ListActions
}

const facts = [
  ['temperature', 'Temp.'],
  ['cpu', 'CPU'],
  ['memory', 'Memory'],
  ['disk', 'Disk'],
] as const

const Card = memo(function Card({ id, selected, open, current, reachable, actions }: CardProps) {
  const node = useNode(id)
  if (node === undefined) return null
  const onClick = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('a') !== null) return
    if (event.shiftKey) return actions.extendTo(id)
    if (event.ctrlKey || event.metaKey) return actions.toggle(id)
    actions.peek(id)
  }
  return (
    <div
      role="gridcell"
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      data-testid="node-row"
      data-id={id}
      data-node-name={node.name}
      data-state={node.state}
      data-open={open || undefined}
      data-current={current || undefined}
      data-silent={isSilent(node) || undefined}
      className={classes.card}
      onClick={onClick}
      onDoubleClick={() => actions.open(id)}
    >
      <div className={classes.cardHead}>
        <Cell column="name" node={node} />
        <StateWord node={node} />
      </div>
      <dl className={classes.cardFacts}>
        {facts.map(([column, label]) => (
          <div key={column}>
            <dt>{label}</dt>
            <dd>
              <Cell column={column} node={node} withUnit />
            </dd>
          </div>
        ))}
      </dl>
      <div className={classes.cardFoot}>
        <span className={classes.cardWhy}>{node.reasons[0]?.message ?? node.model ?? ''}</span>
        <Ago at={node.lastSeen} />
      </div>
    </div>
  )
})
