import { Button } from '@mantine/core'
import type { DiagTest } from '@wrale/protocol/node'
import { useState } from 'react'
import { counted } from '../../model/format.ts'
import { refusalText } from '../../model/safety/demands.ts'
import { Callout } from '../../ui/callout.tsx'
import classes from './diagnostics.module.css'

export interface RunWish {
  readonly load: boolean
  /** Undefined: all. */
  readonly tests: readonly string[] | undefined
}

interface RunFormProps {
  readonly name: string
  readonly tests: readonly DiagTest[]
  readonly isRunning: boolean
  /** Why the node did not begin. */
  readonly refused: { readonly code: string; readonly message: string } | undefined
  readonly begin: (wish: RunWish) => Promise<void>
}

/** Which tests, and whether under load. */
export function RunForm({ name, tests, isRunning, refused, begin }: RunFormProps) {
  const [load, setLoad] = useState(false)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState(false)
  const offered = tests.filter((test) => load || test.load !== true)
  const wanted = offered.filter((test) => !left.has(test.name))
  const toggle = (test: string): void => {
    const next = new Set(left)
    if (!next.delete(test)) next.add(test)
    setLeft(next)
  }
  const submit = async (): Promise<void> => {
    setBusy(true)
    await begin({ load, tests: wanted.length === offered.length ? undefined : wanted.map((test) => test.name) })
    setBusy(false)
  }
  return (
    <form
      className={classes.form}
      aria-label="New self-test"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted.length > 0 && !busy && !isRunning) void submit()
      }}
    >
      <h2>Run a self-test</h2>
      <div>
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={load}
            aria-describedby="load-means"
            onChange={(event) => setLoad(event.currentTarget.checked)}
          />
          <strong>Under load</strong>
        </label>
        <p id="load-means" className={classes.faint}>
          {load
            ? `The processor of ${name} works as hard as it can: it gets hot and loud, and its services are slow meanwhile. It ends early when temperature or supply come near their limits.`
            : `Leaves the services of ${name} alone. Faults that show in heat or at full power are not found.`}
        </p>
      </div>
      <details className={classes.tests}>
        <summary>
          {wanted.length === offered.length
            ? `All ${counted(offered.length, 'test')}`
            : `${wanted.length} of ${counted(offered.length, 'test')}`}
        </summary>
        <ul>
          {offered.map((test) => (
            <li key={test.name}>
              <label className={classes.check}>
                <input type="checkbox" checked={!left.has(test.name)} onChange={() => toggle(test.name)} />
                <span>
                  {test.title}
                  {test.load === true && <span className={classes.faint}> (load)</span>}
                </span>
              </label>
            </li>
          ))}
        </ul>
      </details>
      <Button type="submit" loading={busy} disabled={wanted.length === 0 || isRunning}>
        {isRunning ? 'One is under way' : load ? 'Run under load' : 'Run'}
      </Button>
      {refused !== undefined && (
        <Callout role="alert" mark="fail" level="fail" data-testid="diag-refused">
          <strong>Not begun.</strong> {refusalText(refused.message)} <code>{refused.code}</code>
        </Callout>
      )}
    </form>
  )
}
