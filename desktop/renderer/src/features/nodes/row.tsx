import type { Node as FleetNode } from '@wrale/protocol/api'
import { memo } from 'react'
import { Link } from 'wouter'
import { useNode } from '../../app/hooks.ts'
import type { Column } from '../../model/columns.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { Cell } from './cell.tsx'
import { nodeElementProps, type NodePlace } from './node-element.ts'
import classes from './nodes.module.css'
import { SelectBox } from './select-box.tsx'

interface RowProps extends NodePlace {
  readonly index: number
  /** Pixels from the top of the list. */
  readonly top: number
  readonly columns: readonly Column[]
  readonly narrow: boolean
}

export const Row = memo(function Row({ index, top, columns, narrow, ...place }: RowProps) {
  const node = useNode(place.id)
  if (node === undefined) return null
  return (
    <tr
      {...nodeElementProps(node, place)}
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      {narrow ? (
        <TwoLines node={node} />
      ) : (
        <Cells node={node} columns={columns} selected={place.selected} toggle={place.actions.toggle} />
      )}
    </tr>
  )
})

interface CellsProps {
  readonly node: FleetNode
  readonly columns: readonly Column[]
  readonly selected: boolean
  readonly toggle: (id: string) => void
}

function Cells({ node, columns, selected, toggle }: CellsProps) {
  return (
    <>
      <td className={classes.check}>
        <SelectBox node={node} selected={selected} toggle={toggle} />
      </td>
      {columns.map((column) => (
        <td key={column.id} className={classes.cell} data-column={column.id} data-numeric={column.numeric || undefined}>
          <Cell column={column.id} node={node} />
        </td>
      ))}
    </>
  )
}

/** The row on a phone: who, how, why, and when. */
function TwoLines({ node }: { readonly node: FleetNode }) {
  return (
    <td className={classes.twoLines}>
      <Link href={`/nodes/${node.id}`} className={classes.rowLink} tabIndex={-1}>
        {node.name}
      </Link>
      <StateWord node={node} />
      <span className={classes.rowWhy}>
        {node.reasons[0]?.message ?? <Cell column="temperature" node={node} withUnit />}
      </span>
      <span className={classes.rowSeen}>
        <Ago at={node.lastSeen} />
      </span>
    </td>
  )
}
