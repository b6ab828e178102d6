import { VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type CSSProperties, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useNodes, useRowHeight, useServices } from '../../app/hooks.ts'
import { type Column, type ColumnId, columnsFor, gridTemplate } from '../../model/columns.ts'
import { type ListQuery, shortId } from '../../model/list-query.ts'
import { selectCursor } from '../../stores/list-store.ts'
import classes from './nodes.module.css'
import { Row } from './row.tsx'
import type { ListActions } from './use-list-actions.ts'
import type { UpdateQuery } from './use-list-query.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

export interface ListProps {
  readonly order: readonly string[]
  /** Of the list, pixels. */
  readonly width: number
  readonly query: ListQuery
  readonly update: UpdateQuery
  readonly actions: ListActions
}

/** Below this width a row has two lines and no columns, pixels. */
const narrowWidth = 620
const narrowRowHeight = 68
const overscan = 12

export function TableList({ order, width, query, update, actions }: ListProps) {
  const { list } = useServices()
  const cursor = useStore(list, selectCursor)
  const scroll = useRef<HTMLDivElement>(null)
  const narrow = width > 0 && width < narrowWidth
  const plain = useRowHeight()
  const height = narrow ? Math.max(narrowRowHeight, plain) : plain
  const present = usePresentColumns()
  const shown = useMemo(
    () => (narrow ? [] : columnsFor(width === 0 ? Infinity : width, present)),
    [narrow, width, present],
  )
  const selected = useMemo(() => new Set(query.selected), [query.selected])
  const cursorRow = cursor === undefined ? -1 : order.indexOf(cursor)
  const { items, totalHeight } = useVirtualRows({
    scroll,
    count: order.length,
    height,
    above: 0,
    covered: height,
    overscan,
    cursor: cursor === undefined || cursorRow === -1 ? undefined : { row: cursorRow, id: cursor },
  })
  const reachable = cursorRow === -1 ? order[0] : cursor
  return (
    <div
      ref={scroll}
      className={classes.scroll}
      data-keys="list"
      data-narrow={narrow || undefined}
      style={{ '--columns': gridTemplate(shown), '--height': `${height}px` } as CSSProperties}
    >
      <table aria-label="Nodes" aria-rowcount={order.length + 1} className={classes.table}>
        {!narrow && (
          <thead className={classes.head}>
            <tr aria-rowindex={1} className={classes.headRow}>
              <th scope="col">
                <VisuallyHidden>Selected</VisuallyHidden>
              </th>
              {shown.map((column) => (
                <Head key={column.id} column={column} query={query} update={update} />
              ))}
            </tr>
          </thead>
        )}
        <tbody className={classes.rows} style={{ height: totalHeight }}>
          {items.map(({ index, start }) => {
            const id = order[index]
            return id === undefined ? null : (
              <Row
                key={id}
                id={id}
                index={index}
                top={start}
                columns={shown}
                narrow={narrow}
                selected={selected.has(shortId(id))}
                open={query.open === id}
                current={cursor === id}
                reachable={reachable === id}
                actions={actions}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** Optional columns that some node fills. The same answer is the same set, so that rows rest. */
function usePresentColumns(): ReadonlySet<ColumnId> {
  const nodes = useNodes()
  const all = [...nodes.values()]
  const labels = all.some((node) => Object.keys(node.labels ?? {}).length > 0)
  const place = all.some((node) => Object.keys(node.place ?? {}).length > 0)
  return useMemo(
    () => new Set<ColumnId>([...(labels ? (['labels'] as const) : []), ...(place ? (['place'] as const) : [])]),
    [labels, place],
  )
}

function Head({ column, query: { sort }, update }: { readonly column: Column } & Pick<ListProps, 'query' | 'update'>) {
  const sorted = sort.column === column.id
  const direction = sort.descending ? 'descending' : 'ascending'
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp
  // Numbers are looked at from the top first, words from A.
  const next = sorted ? !sort.descending : column.numeric
  return (
    <th
      scope="col"
      aria-sort={sorted ? direction : 'none'}
      className={classes.headCell}
      data-numeric={column.numeric || undefined}
    >
      <button
        type="button"
        className={classes.sortButton}
        onClick={() => update({ sort: { column: column.id, descending: next } })}
      >
        {column.label}
        {column.unit !== undefined && <span className={classes.unit}>{column.unit}</span>}
        {sorted && <Arrow size={12} stroke={2.25} aria-hidden="true" />}
      </button>
    </th>
  )
}
