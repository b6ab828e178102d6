import type { EventView } from '@wrale/protocol/api'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './events.module.css'

const marks = { critical: 'fail', warning: 'warn', info: 'ok' } as const

/** How bad it is, as mark and word: the shapes are those of the states. */
export function SeverityMark({ severity }: { readonly severity: EventView['severity'] }) {
  return (
    <span className={classes.severity} data-severity={severity}>
      {severity === 'info' ? (
        <span className={classes.info} aria-hidden="true" />
      ) : (
        <StateMark state={marks[severity]} />
      )}
      {severity}
    </span>
  )
}
