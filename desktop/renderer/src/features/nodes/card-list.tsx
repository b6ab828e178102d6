import { type CSSProperties, memo, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useNode, useServices } from '../../app/hooks.ts'
import { shortId } from '../../model/list-query.ts'
import { selectCursor } from '../../stores/list-store.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { Cell } from './cell.tsx'
import { nodeElementProps, type NodePlace } from './node-element.ts'
import classes from './nodes.module.css'
import { SelectBox } from './select-box.tsx'
import type { ListProps } from './table-list.tsx'
import { useVirtualRows } from './use-virtual-rows.ts'

const minCardWidth = 248
const gap = 12
/** Room at both sides of the cards, pixels. */
const sides = { wide: 24, narrow: 16 } as const
const narrowWidth = 620
const cardHeight = 132

/** The same nodes as cards: for a wall screen, or a thumb. */
export function CardList({ order, width, query, actions }: ListProps) {
  const { list } = useServices()
  const cursor = useStore(list, selectCursor)
  const scroll = useRef<HTMLDivElement>(null)
  const side = width < narrowWidth ? sides.narrow : sides.wide
  const perRow = Math.max(1, Math.floor((width - 2 * side + gap) / (minCardWidth + gap)))
  const selected = useMemo(() => new Set(query.selected), [query.selected])
  const cursorIndex = cursor === undefined ? -1 : order.indexOf(cursor)
  const { items, totalHeight } = useVirtualRows({
    scroll,
    count: Math.ceil(order.length / perRow),
    height: cardHeight + gap,
    above: gap,
    covered: gap,
    overscan: 4,
    cursor:
      cursor === undefined || cursorIndex === -1 ? undefined : { row: Math.floor(cursorIndex / perRow), id: cursor },
  })
  const reachable = cursorIndex === -1 ? order[0] : cursor
  return (
    <div ref={scroll} className={classes.scroll} data-keys="list">
      <table aria-label="Nodes" aria-rowcount={Math.ceil(order.length / perRow)} className={classes.table}>
        <tbody className={classes.rows} style={{ height: totalHeight }}>
          {items.map(({ index, start }) => (
            <tr
              key={order[index * perRow]}
              aria-rowindex={index + 1}
              className={classes.cardRow}
              style={
                { transform: `translateY(${start}px)`, '--per-row': perRow, '--side': `${side}px` } as CSSProperties
              }
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
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const facts = [
  ['temperature', 'Temp.'],
  ['cpu', 'CPU'],
  ['memory', 'Memory'],
  ['disk', 'Disk'],
] as const

const Card = memo(function Card(place: NodePlace) {
  const node = useNode(place.id)
  if (node === undefined) return null
  return (
    <td {...nodeElementProps(node, place)} className={classes.card}>
      <div className={classes.cardHead}>
        <SelectBox node={node} selected={place.selected} toggle={place.actions.toggle} />
        <Cell column="name" node={node} />
        <StateWord node={node} />
      </div>
      <dl className={classes.cardFacts}>
        {facts.map(([column, label]) => (
          <div key={column}>
            <dt>{label}</dt>
            <dd data-figures>
              <Cell column={column} node={node} withUnit />
            </dd>
          </div>
        ))}
      </dl>
      <div className={classes.cardFoot}>
        <span className={classes.cardWhy}>{node.reasons[0]?.message ?? node.model ?? ''}</span>
        <Ago at={node.lastSeen} />
      </div>
    </td>
  )
})
