import { type KeyboardEvent, memo } from 'react'
import { formatRatio } from '../../model/format.ts'
import { type MatrixCell, scaleStep } from '../../model/mesh/matrix.ts'
import type { MeshMember } from '../../model/mesh/mesh.ts'
import { cellWords } from './cell-words.ts'
import classes from './matrix.module.css'

interface MatrixCellProps {
  readonly row: number
  readonly column: number
  /** Pixels from the first column. */
  readonly left: number
  readonly from: MeshMember
  readonly to: MeshMember
  /** Undefined: not linked, or the member itself. */
  readonly cell: MatrixCell | undefined
  readonly reachable: boolean
  readonly point: (cursor: { readonly row: number; readonly column: number }) => void
  readonly select: (id: string) => void
  readonly move: (event: KeyboardEvent) => void
}

export const MatrixCellView = memo(function MatrixCellView(props: MatrixCellProps) {
  const { row, column, left, from, to, cell, reachable, point, select, move } = props
  const loss = cell?.link.lossRatio ?? 0
  return (
    <td
      aria-colindex={column + 2}
      aria-label={cellWords(from, to, cell)}
      tabIndex={reachable ? 0 : -1}
      className={classes.cell}
      data-cell={`${row} ${column}`}
      data-step={scaleStep(cell?.rttMs)}
      data-kind={from === to ? 'self' : (cell?.link.kind ?? 'none')}
      data-borrowed={cell?.borrowed || undefined}
      style={{ transform: `translateX(${left}px)` }}
      onPointerEnter={() => point({ row, column })}
      onFocus={() => point({ row, column })}
      onClick={() => select(from.id)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return move(event)
        event.preventDefault()
        select(from.id)
      }}
    >
      {cell !== undefined && <span>{short(cell.rttMs)}</span>}
      {loss >= leastLoss && <small>{formatRatio(loss)}</small>}
    </td>
  )
})

/** Less is noise, and would fill the matrix with small print. */
const leastLoss = 0.01

/** Milliseconds without the unit, in the width of a cell. */
function short(rttMs: number | undefined): string {
  if (rttMs === undefined) return '?'
  return rttMs < 10 ? rttMs.toFixed(1) : rttMs.toFixed(0)
}
