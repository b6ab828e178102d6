import type { NodeState } from '@wrale/protocol/api'
import { memo, type ReactNode } from 'react'
import classes from './state-mark.module.css'

/** Shape and colour: a state is told without colour, and without the word. Drawn on 16 by 16. */
const shapes: Readonly<Record<NodeState, ReactNode>> = {
  ok: <circle cx="8" cy="8" r="3.25" fill="currentColor" />,
  warn: (
    <>
      <path
        d="M8 2.2 14.6 13.4H1.4Z"
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <path d="M8 6.2v3.4M8 11.6v.1" className={classes.cut} />
    </>
  ),
  fail: (
    <>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3Z" fill="currentColor" />
      <path d="m5.8 5.8 4.4 4.4M10.2 5.8l-4.4 4.4" className={classes.cut} />
    </>
  ),
  stale: <circle cx="8" cy="8" r="5" className={classes.ring} />,
  lost: (
    <>
      <circle cx="8" cy="8" r="6" className={classes.ring} />
      <path d="M3.9 12.1 12.1 3.9" className={classes.ring} />
    </>
  ),
  unknown: <circle cx="8" cy="8" r="5.5" className={classes.ring} strokeDasharray="2.6 3.2" />,
}

/** The mark alone; decoration beside a word or inside a labelled link. */
export const StateMark = memo(function StateMark({
  state,
  size = 16,
}: {
  readonly state: NodeState
  readonly size?: number
}) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      className={classes.mark}
      data-mark={state}
      aria-hidden="true"
      focusable="false"
    >
      {shapes[state]}
    </svg>
  )
})
