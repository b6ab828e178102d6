import type { DiagSummary } from '@wrale/protocol/node'
import { countsText, statusLevels, tookText, worstOf } from '../../model/safety/diagnostics.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './diagnostics.module.css'

interface RunHistoryProps {
  readonly items: readonly DiagSummary[]
  readonly shown: string | undefined
  readonly choose: (id: string) => void
}

/** Runs that the node still has, the newest first. */
export function RunHistory({ items, shown, choose }: RunHistoryProps) {
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      <ol className={classes.runs}>
        {items.map((item) => {
          const { id, state, startedAt, durationMs, counts, by, load, aborted } = item
          const worst = worstOf(counts)
          const level = state === 'failed' ? 'fail' : worst === undefined ? 'unknown' : statusLevels[worst]
          return (
            <li key={id}>
              <button
                type="button"
                aria-pressed={id === shown}
                data-testid="diag-run"
                data-run={id}
                data-state={state}
                onClick={() => choose(id)}
              >
                <StateMark state={level} size={14} />
                <span>
                  <span className={classes.runHead}>
                    {startedAt === undefined ? 'No report' : <Ago at={startedAt} />}
                    {load === true && ', under load'}
                    {aborted !== undefined && ', broken off'}
                  </span>
                  <span className={classes.faint}>
                    {state === 'running' && 'under way'}
                    {state === 'failed' && 'failed before it had a report'}
                    {state === 'done' && (counts === undefined ? 'done' : countsText(counts))}
                    {durationMs !== undefined && ` · ${tookText(durationMs)}`}
                    {by !== undefined && ` · ${by}`}
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
