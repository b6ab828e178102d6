import { Button, TextInput } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import type { Node as FleetNode, NodeSafety } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend, useScreen } from '../../app/hooks.ts'
import { refusalText } from '../../model/safety/demands.ts'
import { before } from '../../model/safety/moments.ts'
import { laddersOf } from '../../model/safety/policies.ts'
import { latchedAgo, levelTexts, resetEffect, resetTodo, signText, tamperSentence } from '../../model/safety/tamper.ts'
import { Callout } from '../../ui/callout.tsx'
import { Ago } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Answered } from '../../ui/answered.tsx'
import { Decisions } from './decisions.tsx'
import { Rungs } from './policies.tsx'
import classes from './safety.module.css'
import { useSafety } from './use-safety.ts'

const stageLevels = { clear: 'ok', noticed: 'warn', alarm: 'fail', locked: 'fail' } as const

/** Signs of tampering that the node has latched, and their reset. */
export function TamperTab({ node }: { readonly node: FleetNode }) {
  const loaded = useSafety(node.id)
  return (
    <Answered
      name={node.name}
      loaded={loaded}
      at={loaded.data?.at}
      meanwhile="It keeps what it has latched, and latches new signs, without a station."
    >
      {(view, isOld) => (
        <>
          <p className={classes.opening} data-testid="tamper-sentence" data-stage={view.tamper.stage}>
            {tamperSentence(view.tamper)}
          </p>
          <div className={classes.pair}>
            <Latched view={view} isOld={isOld} />
            <Standing view={view} />
          </div>
          {view.tamper.stage !== 'clear' && <Reset node={node} view={view} done={loaded.reload} />}
          <Decisions
            title="What it decided of tampering lately"
            decisions={view.decisions.filter(({ policy }) => policy === 'tamper')}
            at={view.at}
            empty="No sign of tampering since the node started."
          />
        </>
      )}
    </Answered>
  )
}

function Standing({ view: { tamper } }: { readonly view: NodeSafety }) {
  const level = levelTexts[tamper.level]
  return (
    <section className={classes.section} aria-labelledby="watching">
      <h2 id="watching">At this hour</h2>
      {laddersOf({ name: 'tamper', state: tamper.stage }).map((ladder) => (
        <Rungs key="stage" ladder={ladder} of="tamper" />
      ))}
      <p data-testid="tamper-level" data-level={tamper.level}>
        <strong>Level {level.word.toLowerCase()}.</strong> {level.does}
      </p>
    </section>
  )
}

function Latched({ view: { tamper, decisions, at }, isOld }: { readonly view: NodeSafety; readonly isOld: boolean }) {
  return (
    <section className={classes.section} aria-labelledby="latched">
      <h2 id="latched">Latched signs</h2>
      {tamper.latched.length === 0 ? (
        <p className={classes.faint}>
          None. A sign that is seen stays here until somebody says that it was looked into, and why it may be forgotten.
        </p>
      ) : (
        <ul className={classes.signs}>
          {tamper.latched.map((channel) => {
            const agoMs = latchedAgo(channel, decisions)
            return (
              <li key={channel} data-testid="latched-sign" data-channel={channel}>
                <StateMark state={isOld ? 'stale' : stageLevels[tamper.stage]} size={18} />
                <strong>{signText(channel)}</strong>
                <span className={classes.faint}>
                  {agoMs === undefined ? 'before what the node still remembers' : <Ago at={before(at, agoMs)} />}
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}

interface ResetProps {
  readonly node: FleetNode
  readonly view: NodeSafety
  readonly done: () => void
}

const maxWhy = 120

/** Says that the signs were looked into. The node refuses while one of them still shows. */
function Reset({ node, view, done }: ResetProps) {
  const { control } = useBackend()
  const { notify } = useScreen()
  const [why, setWhy] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<FleetError>()
  const reset = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      await control.resetTamper({ id: node.id, why: why.trim() })
      notify(`The signs of ${node.name} are reset: ${why.trim()}`)
      done()
    } catch (thrown) {
      setError(toFleetError(thrown))
    }
    setBusy(false)
  }
  return (
    <section className={classes.section} aria-labelledby="reset">
      <h2 id="reset">Reset</h2>
      <p>{resetEffect(view.tamper.stage)}</p>
      <form
        className={classes.reset}
        aria-label="Reset the signs"
        onSubmit={(event) => {
          event.preventDefault()
          if (why.trim() !== '' && !busy) void reset()
        }}
      >
        <TextInput
          label="What you found out"
          description="Needed. It is kept in the fleet’s log with your name."
          placeholder="Opened by the electrician, seen on site"
          maxLength={maxWhy}
          autoComplete="off"
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <Button type="submit" disabled={why.trim() === ''} loading={busy}>
          Reset the signs
        </Button>
      </form>
      {error !== undefined && (
        <Callout role="alert" mark="fail" level="fail" data-testid="reset-refused">
          <strong>Not reset.</strong> {refusalText(error.message)} {resetTodo(error.message)} <code>{error.code}</code>
        </Callout>
      )}
    </section>
  )
}
