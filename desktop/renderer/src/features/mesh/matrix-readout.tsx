import type { Matrix } from '../../model/mesh/matrix.ts'
import type { MeshMember } from '../../model/mesh/mesh.ts'
import { cellWords } from './cell-words.ts'
import classes from './matrix.module.css'

interface MatrixReadoutProps {
  readonly matrix: Matrix
  readonly row: MeshMember | undefined
  readonly column: MeshMember | undefined
}

/** The cell under the pointer or the keyboard, in words. Screen readers hear it from the cell itself. */
export function MatrixReadout({ matrix, row, column }: MatrixReadoutProps) {
  if (row === undefined || column === undefined) return null
  return (
    <p className={classes.readout} aria-hidden="true">
      {cellWords(row, column, row === column ? undefined : matrix.cell(row.id, column.id))}
    </p>
  )
}
