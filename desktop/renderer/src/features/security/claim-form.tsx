import { Button } from '@mantine/core'
import { type FleetError, type FleetErrorCode, toFleetError } from '@wrale/kernel'
import { useState } from 'react'
import { Link } from 'wouter'
import { useBackend, useFleet } from '../../app/hooks.ts'
import type { Claimed } from '../../backend/operator-ports.ts'
import { claimCodeGap } from '../../model/claim-code.ts'
import { At } from '../../ui/ago.tsx'
import { CodeField } from './code-field.tsx'
import { MachineField } from './machine-field.tsx'
import classes from './security.module.css'

/** What to do about a refusal; others are told in the station's own words. */
const advice: Partial<Record<FleetErrorCode, string>> = {
  NOT_FOUND:
    'No machine that waits on this network has this code. Compare it with the machine’s console, and look whether it is switched on.',
  INPUT_INVALID: 'This is not a claim code: a character was misread. Compare it with the machine’s console.',
  TOKEN_INVALID: 'This is not a claim code: a character was misread. Compare it with the machine’s console.',
  RATE_LIMITED: 'Too many tries. Wait a minute, then try again.',
  CONFLICT: 'This machine belongs to a fleet already. It can be claimed again after “wrale-edge reset” on it.',
  TIMEOUT: 'The machine did not answer in time. Try again.',
  UNAVAILABLE: 'There is no connection now. Nothing was changed; try again.',
}

interface Done extends Claimed {
  readonly at: string
}

/** Lets a machine into the fleet by the code that it shows. */
export function ClaimForm({ onClaimed }: { readonly onClaimed: () => void }) {
  const backend = useBackend()
  const fleet = useFleet()
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [address, setAddress] = useState('')
  const [busy, setBusy] = useState(false)
  const [asked, setAsked] = useState(false)
  const [error, setError] = useState<FleetError>()
  const [done, setDone] = useState<Done>()
  const gap = claimCodeGap(code)
  const claim = async (): Promise<void> => {
    setAsked(true)
    if (gap !== undefined || busy) return
    setBusy(true)
    setError(undefined)
    try {
      const claimed = await backend.claim({ code, name: optional(name), address: optional(address) })
      setDone({ ...claimed, at: new Date().toISOString() })
      setCode('')
      setName('')
      setAddress('')
      setAsked(false)
      onClaimed()
    } catch (thrown) {
      setError(toFleetError(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={classes.claim}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void claim()
        }}
      >
        <CodeField
          code={code}
          onChange={(next) => {
            setCode(next)
            setError(undefined)
          }}
          description="The machine shows it on its console, in its log and in “wrale-edge status”."
          error={problem(error, asked ? gap : undefined)}
        />
        <MachineField
          label="Name in the fleet"
          description="Empty: what the machine calls itself."
          size="lg"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" loading={busy}>
          Claim
        </Button>
        <details className={classes.address}>
          <summary>The machine is not found by itself</summary>
          <MachineField
            label="Its address"
            placeholder="/ip4/192.168.1.61/tcp/4001"
            description="Where the network keeps machines from finding each other. The machine prints it beside its code."
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        </details>
      </form>
      <p className={classes.faint}>
        Claiming makes the machine a member of {fleet?.name ?? 'this fleet'}: it gets a certificate, takes part in the
        mesh and takes orders from its stations. Only who can read its screen knows the code, so no other machine can
        answer in its place.
      </p>
      {done !== undefined && (
        <output className={classes.done}>
          <strong>{done.name} is a member now.</strong>
          <span>
            Claimed <At at={done.at} />. <Link href={`/nodes/${done.id}`}>Open {done.name}</Link>
          </span>
        </output>
      )}
    </div>
  )
}

function optional(text: string): string | undefined {
  const trimmed = text.trim()
  return trimmed === '' ? undefined : trimmed
}

function problem(error: FleetError | undefined, gap: string | undefined): string | undefined {
  if (error === undefined) return gap
  return `${advice[error.code] ?? error.message} (${error.code})`
}
