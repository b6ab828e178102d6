import type { Node as FleetNode } from '@wrale/protocol/api'
import { isSilent } from '../model/state.ts'
import { StateMark } from './state-mark.tsx'
import classes from './reasons.module.css'

/** Why a node is not ok, worst first, in the node's own words or the station's. */
export function Reasons({ node: { reasons, ...node } }: { readonly node: FleetNode }) {
  if (reasons.length === 0) return null
  return (
    <ul className={classes.reasons} aria-label="Reasons">
      {reasons.map(({ code, message, state }) => (
        <li key={code} data-level={isSilent(node) ? node.state : state}>
          <StateMark state={isSilent(node) ? node.state : state} size={14} />
          <span>{message}</span>
          <code>{code}</code>
        </li>
      ))}
    </ul>
  )
}
