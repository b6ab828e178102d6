import type { ReactNode } from 'react'
import classes from './choices.module.css'

interface ChoiceProps {
  readonly pressed: boolean
  readonly onClick: () => void
  readonly title?: string
  readonly count?: number
  readonly children: ReactNode
}

/** A filter that is on or off. */
export function Choice({ pressed, onClick, title, count, children }: ChoiceProps) {
  return (
    <button type="button" className={classes.choice} aria-pressed={pressed} title={title} onClick={onClick}>
      {children}
      {count !== undefined && <span className={classes.count}>{count}</span>}
    </button>
  )
}

export function Choices({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <fieldset aria-label={label} className={classes.choices}>
      {children}
    </fieldset>
  )
}
