import type { Node as FleetNode } from '@wrale/protocol/api'
import { type MouseEvent, memo } from 'react'
import { Link } from 'wouter'
import { useNode } from '../../app/hooks.ts'
import type { Column } from '../../model/columns.ts'
import { isSilent } from '../../model/state.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { Cell } from './cell.tsx'
import classes from './nodes.module.css'
import type { ListActions } from './use-list-actions.ts'

interface RowProps {
  readonly id: string
  readonly index: number
  /** Pixels from the top of the list. */
  readonly top: number
  readonly columns: readonly Column[]
  readonly narrow: boolean
  readonly selected: boolean
  /** Shown in the side panel. */
  readonly open: boolean
  /** Under the keyboard. */
  readonly current: boolean
  /** The one row that Tab leads to. */
  readonly reachable: boolean
  readonly actions: ListActions
}

export const Row = memo(function Row({
  id,
  index,
  top,
  columns,
  narrow,
  selected,
  open,
  current,
  reachable,
  actions,
}: RowProps) {
  const node = useNode(id)
  if (node === undefined) return null
  const onClick = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('a, input, label') !== null) return
    if (event.shiftKey) return actions.extendTo(id)
    if (event.ctrlKey || event.metaKey) return actions.toggle(id)
    actions.peek(id)
  }
  return (
    // Keys are handled for the whole list, where the cursor is known.
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      data-testid="node-row"
      data-id={id}
      data-node-name={node.name}
      data-state={node.state}
      data-open={open || undefined}
      data-current={current || undefined}
      data-silent={isSilent(node) || undefined}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
      onDoubleClick={() => actions.open(id)}
    >
      {narrow ? (
        <TwoLines node={node} />
      ) : (
        <Cells node={node} columns={columns} selected={selected} toggle={actions.toggle} />
      )}
    </div>
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
      <span role="gridcell" className={classes.check}>
        <label>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={selected}
            onChange={() => toggle(node.id)}
            aria-label={`Select ${node.name}`}
          />
        </label>
      </span>
      {columns.map((column) => (
        <span
          key={column.id}
          role="gridcell"
          className={classes.cell}
          data-column={column.id}
          data-numeric={column.numeric || undefined}
        >
          <Cell column={column.id} node={node} />
        </span>
      ))}
    </>
  )
}

/** The row on a phone: who, how, why, and when. */
function TwoLines({ node }: { readonly node: FleetNode }) {
  return (
    <span role="gridcell" className={classes.twoLines}>
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
    </span>
  )
}
