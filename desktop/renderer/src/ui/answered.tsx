import type { FleetError } from '@wrale/kernel'
import type { ReactNode } from 'react'
import { useLink } from '../app/hooks.ts'
import { sentence } from '../model/safety/policies.ts'
import { Ago } from './ago.tsx'
import { Callout } from './callout.tsx'
import { Failure } from './message.tsx'
import { Skeleton } from './skeleton.tsx'
import type { Loaded } from './use-loaded.ts'
import classes from './answered.module.css'

interface AnsweredProps<T> {
  /** Of the node that is asked. */
  readonly name: string
  readonly loaded: Loaded<T>
  /** When the node said what is shown; absent where answers do not tell. */
  readonly at?: string | undefined
  /** What goes on while the node cannot be asked. */
  readonly meanwhile: string
  /** @param isOld it is not what holds now */
  readonly children: (data: T, isOld: boolean) => ReactNode
}

/** What a node answers: what it said last stays, and is told from what holds now. */
export function Answered<T>({ name, loaded: { data, error }, at, meanwhile, children }: AnsweredProps<T>) {
  const isLive = useLink().phase === 'live'
  if (data === undefined) {
    if (error === undefined) return <Skeleton lines={8} label={`Asking ${name}`} />
    return <Failure what={`${name} does not answer`} error={error} todo={`${meanwhile} This page keeps trying.`} />
  }
  const isOld = error !== undefined || !isLive
  return (
    <div className={classes.answered} data-old={isOld || undefined}>
      <output>{isOld && <Unreached name={name} error={isLive ? error : undefined} at={at} />}</output>
      {children(data, isOld)}
    </div>
  )
}

interface UnreachedProps {
  readonly name: string
  readonly error: FleetError | undefined
  readonly at: string | undefined
}

function Unreached({ name, error, at }: UnreachedProps) {
  const isAway = error === undefined || error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT'
  return (
    <Callout mark="stale" data-testid="unreached">
      <strong>
        {error === undefined ? 'The station' : name} {isAway ? 'cannot be reached now' : 'gave no answer'}
        {at !== undefined && (
          <>
            ; last answered <Ago at={at} />
          </>
        )}
        .
      </strong>{' '}
      {error !== undefined && `${sentence(error.message)} `}
      {!isAway && error !== undefined && `(${error.code}) `}What stands below is old.
    </Callout>
  )
}
