import type { ReactNode } from 'react'
import type { NodeState } from '@wrale/protocol/api'
import classes from './callout.module.css'
import { StateMark } from './state-mark.tsx'

interface CalloutProps {
  readonly mark: NodeState
  /** How grave it is; left out where it only says something. */
  readonly level?: 'warn' | 'fail'
  readonly role?: 'alert'
  readonly 'data-testid'?: string
  readonly children: ReactNode
}

/** A word that stands out from what is around it, such as why something was refused. */
export function Callout({ mark, level, children, ...rest }: CalloutProps) {
  return (
    <span className={classes.callout} data-level={level} {...rest}>
      <StateMark state={mark} size={16} />
      <span>{children}</span>
    </span>
  )
}
