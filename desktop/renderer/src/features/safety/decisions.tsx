import type { SafetyDecision } from '@wrale/protocol/node'
import { useState } from 'react'
import { Button } from '@mantine/core'
import { before } from '../../model/safety/moments.ts'
import { causeText } from '../../model/safety/causes.ts'
import { policyTitle, sentence, stateWord } from '../../model/safety/policies.ts'
import { Ago } from '../../ui/ago.tsx'
import classes from './safety.module.css'

interface WhyProps {
  readonly decision: SafetyDecision
  /** When the node told of it. */
  readonly at: string
}

/** Why something was decided: in a sentence, and what was read against which limit. */
export function Why({ decision: { reason, causes, agoMs }, at }: WhyProps) {
  return (
    <div className={classes.why}>
      <p>
        {sentence(reason)}{' '}
        <span className={classes.faint}>
          <Ago at={before(at, agoMs)} />
        </span>
      </p>
      {causes.length > 0 && (
        <ul className={classes.causes} aria-label="Decided on">
          {causes.map(causeText).map(({ name, value, limit, age }) => (
            <li key={`${name} ${value}`}>
              <span className={classes.faint}>{name}</span> <strong data-figures>{value}</strong>
              {limit !== undefined && (
                <span className={classes.faint}>
                  {' '}
                  against <span data-figures>{limit}</span>
                </span>
              )}
              {age !== undefined && <span className={classes.faint}>, read {age} before</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface DecisionsProps {
  readonly title: string
  readonly decisions: readonly SafetyDecision[]
  readonly at: string
  /** Where there are none. */
  readonly empty: string
}

const shortList = 6

/** What the node decided by itself, the newest first. */
export function Decisions({ title, decisions, at, empty }: DecisionsProps) {
  const [whole, setWhole] = useState(false)
  const shown = whole ? decisions : decisions.slice(0, shortList)
  return (
    <section className={classes.section} aria-label={title}>
      <h2>{title}</h2>
      {decisions.length === 0 && <p className={classes.faint}>{empty}</p>}
      <ol className={classes.decisions}>
        {shown.map((decision) => (
          <li
            key={`${decision.code} ${Math.round((Date.parse(at) - decision.agoMs) / 500)} ${decision.to}`}
            data-testid="decision"
            data-code={decision.code}
          >
            <span className={classes.decisionOf}>
              <strong>{policyTitle(decision.policy)}</strong>
              <span className={classes.faint}>
                {stateWord(decision.policy, decision.from)} → {stateWord(decision.policy, decision.to)}
              </span>
            </span>
            <Why decision={decision} at={at} />
          </li>
        ))}
      </ol>
      {decisions.length > shown.length && (
        <Button variant="default" size="xs" onClick={() => setWhole(true)}>
          Show all {decisions.length}
        </Button>
      )}
    </section>
  )
}
