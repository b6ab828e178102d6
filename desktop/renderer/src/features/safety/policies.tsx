import type { NodeSafety } from '@wrale/protocol/api'
import { type Ladder, laddersOf, type Level, policyLevel, policyTitle } from '../../model/safety/policies.ts'
import { before } from '../../model/safety/moments.ts'
import { Lasting } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Why } from './decisions.tsx'
import classes from './safety.module.css'

interface PoliciesProps {
  readonly view: NodeSafety
  readonly isOld: boolean
}

/** Each policy's state machine as a ladder, with where it stands, since when and why. */
export function Policies({ view: { policies, at }, isOld }: PoliciesProps) {
  return (
    <section className={classes.section} aria-labelledby="policies">
      <h2 id="policies">Policies</h2>
      <ul className={classes.policies}>
        {policies.map(({ name, state, sinceMs, why }) => {
          const level = policyLevel({ name, state })
          const ladders = laddersOf({ name, state })
          return (
            <li key={name} data-testid="policy" data-policy={name} data-state={state} data-level={level}>
              <div className={classes.policyHead}>
                <StateMark state={isOld ? 'stale' : level} size={16} />
                <div>
                  <h3>{policyTitle(name)}</h3>
                  <p className={classes.policyState} data-level={isOld ? 'stale' : level}>
                    {ladders.length === 0 ? state : ladders.map(standing).join(', ')}
                  </p>
                  {sinceMs !== undefined && (
                    <p className={classes.faint}>
                      for <Lasting since={before(at, sinceMs)} />
                    </p>
                  )}
                </div>
              </div>
              <div className={classes.policyBody}>
                <div className={classes.ladders}>
                  {ladders.map((ladder) => (
                    <Rungs key={ladder.title ?? ''} ladder={ladder} of={policyTitle(name)} />
                  ))}
                </div>
                {why !== null && <Why decision={why} at={at} />}
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function standing({ rungs, current, instead }: Ladder): string {
  return current === undefined ? (instead ?? 'unknown') : (rungs[current]?.word ?? '')
}

/** The steps of one state machine, the calmest first; those up to where it stands are filled. */
export function Rungs({ ladder: { title, rungs, current }, of }: { readonly ladder: Ladder; readonly of: string }) {
  const stands: Level | undefined = current === undefined ? undefined : rungs[current]?.level
  // A ladder whose first step is not the calm one is filled at one step alone.
  const grows = rungs[0]?.level === 'ok'
  return (
    <div className={classes.ladder}>
      {title !== undefined && <span className={classes.ladderTitle}>{title}</span>}
      <ol
        aria-label={title === undefined ? `Steps of ${of}` : `Steps of ${of}: ${title}`}
        data-level={stands}
        data-many={rungs.length > 4 || undefined}
      >
        {rungs.map(({ id, word, does }, index) => (
          <li
            key={id}
            title={does}
            aria-current={index === current ? 'step' : undefined}
            data-filled={(current !== undefined && (grows ? index <= current : index === current)) || undefined}
          >
            <span>{word}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
