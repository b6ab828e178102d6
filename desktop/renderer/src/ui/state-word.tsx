import type { Node as FleetNode } from '@wrale/protocol/api'
import { useTimed } from '../app/hooks.ts'
import { roughly } from '../model/format.ts'
import { stateMeanings, stateWords } from '../model/state.ts'
import { StateMark } from './state-mark.tsx'
import classes from './state-mark.module.css'

interface StateWordProps {
  readonly node: Pick<FleetNode, 'state' | 'lastSeen' | 'stateSince'>
  readonly size?: number
}

/** Mark and word; a silent node adds the age of its last word. */
export function StateWord({ node, size = 16 }: StateWordProps) {
  const { state, lastSeen } = node
  const aged = (state === 'stale' || state === 'lost') && lastSeen !== null
  const age = useTimed((nowMs) => (aged && lastSeen !== null ? roughly(nowMs - Date.parse(lastSeen)) : ''))
  return (
    <span className={classes.word} data-state={state} title={stateMeanings[state]}>
      <StateMark key={state} state={state} size={size} />
      <strong>{stateWords[state]}</strong>
      {aged && <span className={classes.age}>{age}</span>}
    </span>
  )
}
