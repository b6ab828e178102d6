import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { JoinTokenRequest } from '../../backend/operator-ports.ts'
import { defaultTokenLife, parseUses, tokenLives } from '../../model/join-tokens.ts'
import { useFocus } from '../../ui/use-focus.ts'
import { Segments } from '../../ui/segments.tsx'
import classes from './security.module.css'

interface TokenFormProps {
  readonly create: (request: JoinTokenRequest) => Promise<void>
  readonly cancel: () => void
}

const lives = tokenLives.map(({ label, seconds }) => ({ value: String(seconds), label }))

/** What a token is for, how long it can be used, and by how many. */
export function TokenForm({ create, cancel }: TokenFormProps) {
  const [name, setName] = useState('')
  const [life, setLife] = useState(String(defaultTokenLife))
  const [uses, setUses] = useState('1')
  const [busy, setBusy] = useState(false)
  const first = useFocus<HTMLInputElement>()
  const maxUses = parseUses(uses)
  const submit = async (): Promise<void> => {
    if (maxUses === undefined || busy) return
    setBusy(true)
    await create({ name: name.trim() === '' ? 'join token' : name.trim(), ttlSeconds: Number(life), maxUses })
    setBusy(false)
  }
  return (
    <form
      className={classes.tokenForm}
      aria-label="New join token"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <TextInput
        label="What it is for"
        placeholder="spring batch"
        maxLength={64}
        autoComplete="off"
        value={name}
        ref={first}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div>
        <span className={classes.fieldLabel}>Can be used for</span>
        <Segments label="Can be used for" options={lives} value={life} onChange={setLife} />
      </div>
      <TextInput
        label="Machines that may join with it"
        inputMode="numeric"
        value={uses}
        error={maxUses === undefined && 'A number from 1 to 10000'}
        onChange={(event) => setUses(event.currentTarget.value)}
      />
      <div className={classes.formButtons}>
        <Button variant="default" onClick={cancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={maxUses === undefined}>
          Make the token
        </Button>
      </div>
    </form>
  )
}
