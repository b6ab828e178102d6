import type { Node as FleetNode } from '@wrale/protocol/api'
import { useTimed } from '../app/hooks.ts'
import { roughly } from '../model/format.ts'
import { stateMeanings, stateWords } from '../model/state.ts'
import { StateMark } from './state-mark.tsx'
import classes from './state-mark.module.css'

interface StateWordProps {
  readonly node: Pick<FleetNode, 'state' | 'lastSeen' | 'stateSince'>
  readonly size?: number
  /** The age of a silent node's last word; left out where it is said beside. */
  readonly withAge?: boolean
}

/** Mark and word; a silent node adds the age of its last word. */
export function StateWord({ node, size = 16, withAge = true }: StateWordProps) {
  const { state, lastSeen } = node
  const aged = withAge && (state === 'stale' || state === 'lost') && lastSeen !== null
  const age = useTimed((nowMs) => (aged && lastSeen !== null ? roughly(nowMs - Date.parse(lastSeen)) : ''))
  return (
    <span className={classes.word} data-state={state} title={stateMeanings[state]}>
      <StateMark key={state} state={state} size={size} />
      <strong>{stateWords[state]}</strong>
      {aged && <span className={classes.age}>{age}</span>}
    </span>
  )
}
