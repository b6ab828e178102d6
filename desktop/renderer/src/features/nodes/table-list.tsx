import { useVirtualizer } from '@tanstack/react-virtual'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type CSSProperties, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useServices } from '../../app/hooks.ts'
import { type Column, columnsFor, gridTemplate } from '../../model/columns.ts'
import { type ListQuery, shortId } from '../../model/list-query.ts'
import { selectCursor } from '../../stores/list-store.ts'
import classes from './nodes.module.css'
import { Row } from './row.tsx'
import type { ListActions } from './use-list-actions.ts'
import type { UpdateQuery } from './use-list-query.ts'
import { useRowHeight } from './use-row-height.ts'

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
/** Rows beyond the edge that are kept, so that fast scrolling meets no holes. */
const overscan = 12

export function TableList({ order, width, query, update, actions }: ListProps) {
  const { list } = useServices()
  const cursor = useStore(list, selectCursor)
  const scroll = useRef<HTMLDivElement>(null)
  const narrow = width > 0 && width < narrowWidth
  const plain = useRowHeight()
  const height = narrow ? Math.max(narrowRowHeight, plain) : plain
  const shown = useMemo(() => (narrow ? [] : columnsFor(width === 0 ? Infinity : width)), [narrow, width])
  const selected = useMemo(() => new Set(query.selected), [query.selected])
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    getItemKey: (index) => order[index] ?? index,
    overscan,
    scrollPaddingStart: height,
  })
  useEffect(() => virtual.measure(), [virtual, height])
  useFocusFollows(scroll, cursor, order, (index) => virtual.scrollToIndex(index))
  const reachable = cursor !== undefined && order.includes(cursor) ? cursor : order[0]

  return (
    <div
      ref={scroll}
      role="grid"
      aria-label="Nodes"
      aria-rowcount={order.length + 1}
      aria-multiselectable="true"
      data-keys="list"
      className={classes.scroll}
      data-narrow={narrow || undefined}
      style={{ '--columns': gridTemplate(shown), '--height': `${height}px` } as CSSProperties}
    >
      {!narrow && (
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={classes.headRow}>
            <span role="columnheader" aria-label="Selected" />
            {shown.map((column) => (
              <Head key={column.id} column={column} query={query} update={update} />
            ))}
          </div>
        </div>
      )}
      <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const id = order[index]
          return id === undefined ? null : (
            <Row
              key={key}
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
      </div>
    </div>
  )
}

/** The row under the keyboard is brought into view and takes the focus, unless the person is writing somewhere. */
export function useFocusFollows(
  scroll: { readonly current: HTMLElement | null },
  cursor: string | undefined,
  order: readonly string[],
  bring: (index: number) => void,
): void {
  const latest = useRef({ order, bring })
  latest.current = { order, bring }
  useEffect(() => {
    if (cursor === undefined) return undefined
    const index = latest.current.order.indexOf(cursor)
    if (index === -1) return undefined
    latest.current.bring(index)
    const frame = requestAnimationFrame(() => {
      const active = document.activeElement
      const free =
        active === null || active === document.body || active.id === 'main' || scroll.current?.contains(active) === true
      if (free) scroll.current?.querySelector<HTMLElement>(`[data-id="${cursor}"]`)?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [cursor, scroll])
}

function Head({ column, query: { sort }, update }: { readonly column: Column } & Pick<ListProps, 'query' | 'update'>) {
  const sorted = sort.column === column.id
  const direction = sort.descending ? 'descending' : 'ascending'
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp
  // Numbers are looked at from the top first, words from A.
  const next = sorted ? !sort.descending : column.numeric
  return (
    <span
      role="columnheader"
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
    </span>
  )
}
