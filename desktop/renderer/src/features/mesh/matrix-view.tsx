import { useElementSize } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useThemeName } from '../../app/hooks.ts'
import { type MatrixOrder, matrixOf, matrixOrderLabels, matrixOrders } from '../../model/mesh/matrix.ts'
import type { Mesh } from '../../model/mesh/mesh.ts'
import { Select } from '../../ui/select.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './matrix.module.css'
import { MatrixCellView } from './matrix-cell.tsx'
import { MatrixLegend } from './matrix-legend.tsx'
import { MatrixReadout } from './matrix-readout.tsx'
import bars from './mesh.module.css'

interface MatrixViewProps {
  readonly mesh: Mesh
  readonly order: MatrixOrder
  readonly setOrder: (order: MatrixOrder) => void
  readonly select: (id: string) => void
}

const sizes = {
  plain: { width: 52, height: 32, names: 132, heads: 92 },
  outdoor: { width: 64, height: 44, names: 148, heads: 104 },
} as const

const orders = matrixOrders.map((value) => ({ value, label: matrixOrderLabels[value] }))

/** Cells beyond the edge that are kept. */
const overscan = 4

interface Cursor {
  readonly row: number
  readonly column: number
}

/** Every pair: the row's member measured the round trip to the column's. Only what is in view is in the page. */
export function MatrixView({ mesh, order, setOrder, select }: MatrixViewProps) {
  const matrix = useMemo(() => matrixOf(mesh, order), [mesh, order])
  const size = sizes[useThemeName() === 'outdoor' ? 'outdoor' : 'plain']
  const scroll = useRef<HTMLDivElement>(null)
  const { ref, width } = useElementSize()
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 1 })
  const count = matrix.order.length
  const shared = { count, getScrollElement: () => scroll.current, overscan }
  const down = useVirtualizer({ ...shared, estimateSize: () => size.height, scrollPaddingStart: size.heads })
  const across = useVirtualizer({
    ...shared,
    horizontal: true,
    estimateSize: () => size.width,
    scrollPaddingStart: Math.min(size.names, width / 3),
  })
  const moveTo = (next: Cursor): void => {
    const bounded = (value: number): number => Math.min(count - 1, Math.max(0, value))
    const to = { row: bounded(next.row), column: bounded(next.column) }
    setCursor(to)
    down.scrollToIndex(to.row)
    across.scrollToIndex(to.column)
    requestAnimationFrame(() => {
      scroll.current?.querySelector<HTMLElement>(`[data-cell="${to.row} ${to.column}"]`)?.focus({ preventScroll: true })
    })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = stepped(cursor, event, count)
    if (next === undefined) return
    event.preventDefault()
    moveTo(next)
  }
  const rows = down.getVirtualItems()
  const columns = across.getVirtualItems()
  return (
    <section aria-label="Link matrix" className={classes.matrixView}>
      <div className={bars.bar}>
        <Select label="Order of the matrix" options={orders} value={order} onChange={setOrder} />
        <MatrixReadout matrix={matrix} row={matrix.order[cursor.row]} column={matrix.order[cursor.column]} />
      </div>
      <div ref={ref} className={classes.matrixBox}>
        <div
          ref={scroll}
          className={classes.matrixScroll}
          style={
            {
              '--cell-width': `${size.width}px`,
              '--cell-height': `${size.height}px`,
              '--names': `${size.names}px`,
              '--heads': `${size.heads}px`,
            } as CSSProperties
          }
        >
          <table
            aria-label="Round trips between members"
            aria-rowcount={count + 1}
            aria-colcount={count + 1}
            className={classes.matrixInner}
            style={{ width: size.names + across.getTotalSize(), height: size.heads + down.getTotalSize() }}
          >
            <thead className={classes.matrixHead}>
              <tr aria-rowindex={1} className={classes.headRow}>
                <th scope="col" aria-colindex={1} className={classes.corner}>
                  ms, from row to column
                </th>
                {columns.map(({ index, start }) => (
                  <th
                    key={matrix.order[index]?.id}
                    scope="col"
                    aria-colindex={index + 2}
                    className={classes.columnName}
                    data-current={cursor.column === index || undefined}
                    style={{ transform: `translateX(${start}px)` }}
                  >
                    <span>{matrix.order[index]?.name}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ index: row, start: top }) => {
                const member = matrix.order[row]
                if (member === undefined) return null
                return (
                  <tr
                    key={member.id}
                    aria-rowindex={row + 2}
                    className={classes.matrixRow}
                    style={{ transform: `translateY(${top}px)` }}
                  >
                    <th
                      scope="row"
                      aria-colindex={1}
                      className={classes.rowName}
                      data-current={cursor.row === row || undefined}
                    >
                      <StateMark state={member.state} size={14} />
                      <span>{member.name}</span>
                    </th>
                    {columns.map(({ index: column, start: left }) => {
                      const other = matrix.order[column]
                      return other === undefined ? null : (
                        <MatrixCellView
                          key={other.id}
                          row={row}
                          column={column}
                          left={left}
                          from={member}
                          to={other}
                          cell={row === column ? undefined : matrix.cell(member.id, other.id)}
                          reachable={cursor.row === row && cursor.column === column}
                          point={setCursor}
                          select={select}
                          move={onKeyDown}
                        />
                      )
                    })}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </div>
      <MatrixLegend />
    </section>
  )
}

function stepped({ row, column }: Cursor, { key, ctrlKey }: KeyboardEvent, count: number): Cursor | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: row - 1, column }
    case 'ArrowDown':
      return { row: row + 1, column }
    case 'ArrowLeft':
      return { row, column: column - 1 }
    case 'ArrowRight':
      return { row, column: column + 1 }
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 }
    case 'End':
      return { row: ctrlKey ? count - 1 : row, column: count - 1 }
    default:
      return undefined
  }
}
