import type { Node as FleetNode } from '@wrale/protocol/api'
import classes from './nodes.module.css'

interface SelectBoxProps {
  readonly node: Pick<FleetNode, 'id' | 'name'>
  readonly selected: boolean
  readonly toggle: (id: string) => void
}

/** Chooses a node. Tab passes it by: from the keyboard, x does the same for the row that has the focus. */
export function SelectBox({ node: { id, name }, selected, toggle }: SelectBoxProps) {
  return (
    <label className={classes.selectBox}>
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        onChange={() => toggle(id)}
        aria-label={`Select ${name}`}
      />
    </label>
  )
}
