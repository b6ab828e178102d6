import type { Node as FleetNode } from '@wrale/protocol/api'
import { labelsOf, labelTerm, labelText, toggledTerm } from '../../model/labels.ts'
import classes from './nodes.module.css'
import { currentListQuery, useListQuery } from './use-list-query.ts'

/** Labels of a row; a click filters by one, another click ends it. */
export function Labels({ node }: { readonly node: FleetNode }) {
  const [, update] = useListQuery()
  const labels = labelsOf(node)
  if (labels.length === 0) return null
  return (
    <span className={classes.labels} title={labels.map(labelText).join('\n')}>
      {labels.map((label) => (
        <button
          key={label.key}
          type="button"
          tabIndex={-1}
          className={classes.label}
          title={`Filter by ${labelText(label)}`}
          onClick={() => update({ search: toggledTerm(currentListQuery().search, labelTerm(label)) })}
        >
          {labelText(label)}
        </button>
      ))}
    </span>
  )
}
