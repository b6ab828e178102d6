import { Button } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import type { FieldValue } from '@wrale/protocol/records'
import type { Conflict } from '@wrale/protocol/api'
import { useState } from 'react'
import { Link } from 'wouter'
import { useBackend } from '../../app/hooks.ts'
import { conflictSubject } from '../../model/conflicts.ts'
import { fieldName } from '../../model/field-name.ts'
import { valueText } from '../../model/notes.ts'
import { Ago, At } from '../../ui/ago.tsx'
import classes from './conflicts.module.css'

interface ConflictCardProps {
  readonly conflict: Conflict
  readonly onSettled: () => void
}

type Claim = Conflict['holds']

/** One field, what each station said of it, and the choice between them. */
export function ConflictCard({ conflict, onSettled }: ConflictCardProps) {
  const backend = useBackend()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<FleetError>()
  const [decided, setDecided] = useState<{ readonly value: FieldValue; readonly at: string }>()
  const { object, field, name, holds, lost } = conflict
  const settle = async (value: FieldValue): Promise<void> => {
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await backend.settleConflict(object, field, value)
      setDecided({ value, at: new Date().toISOString() })
      onSettled()
    } catch (thrown) {
      setError(toFleetError(thrown))
    } finally {
      setBusy(false)
    }
  }
  const said = (claim: Claim, isHeld: boolean) => (
    <li
      key={`${claim.author.id} ${claim.at}`}
      className={classes.claim}
      data-holds={(decided === undefined ? isHeld : valueText(decided.value) === valueText(claim.value)) || undefined}
    >
      <span className={classes.claimHead}>
        {decided === undefined
          ? isHeld
            ? 'Holds now'
            : 'Was overruled'
          : isHeld
            ? 'Held until then'
            : 'Was overruled'}
        <span className={classes.faint}>
          {claim.author.name}, <Ago at={claim.at} />
        </span>
      </span>
      <p className={classes.value} data-nothing={claim.value === null || undefined}>
        {valueText(claim.value)}
      </p>
      {decided === undefined && (
        <Button variant="default" disabled={busy} onClick={async () => settle(claim.value)}>
          {offer(claim.value, isHeld)}
        </Button>
      )}
    </li>
  )
  return (
    <li className={classes.conflict} data-testid="conflict" data-name={name} data-field={field}>
      <h2>
        {object.type === 'node' ? (
          <>
            {fieldName(field)} of <Link href={`/nodes/${object.id}`}>{name}</Link>
          </>
        ) : (
          conflictSubject(conflict)
        )}
      </h2>
      <ul className={classes.claims}>
        {said(holds, true)}
        {lost.map((claim) => said(claim, false))}
      </ul>
      {decided !== undefined && (
        <output className={classes.decided}>
          Decided: <strong>{valueText(decided.value)}</strong>, <At at={decided.at} />. The other words stay in the
          history.
        </output>
      )}
      {error !== undefined && (
        <p role="alert" className={classes.error}>
          Not decided: {error.message} <code>{error.code}</code>
        </p>
      )}
    </li>
  )
}

const briefLength = 24

/** What a button says that decides for a value. */
function offer(value: FieldValue, isHeld: boolean): string {
  if (value === null) return isHeld ? 'Leave it empty' : 'Empty it'
  const text = valueText(value)
  return `${isHeld ? 'Keep' : 'Take'} “${text.length > briefLength ? `${text.slice(0, briefLength)}…` : text}”`
}
