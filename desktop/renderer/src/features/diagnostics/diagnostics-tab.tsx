import { toFleetError } from '@wrale/kernel'
import type { Node as FleetNode } from '@wrale/protocol/api'
import type { DiagList } from '@wrale/protocol/node'
import { useCallback, useState } from 'react'
import { useBackend, useScreen } from '../../app/hooks.ts'
import { diagSentence } from '../../model/safety/diagnostics.ts'
import { sentence } from '../../model/safety/policies.ts'
import { Ago } from '../../ui/ago.tsx'
import { Answered } from '../../ui/answered.tsx'
import { RunForm, type RunWish } from './run-form.tsx'
import { RunHistory } from './run-history.tsx'
import { RunView } from './run-view.tsx'
import classes from './diagnostics.module.css'
import { useDiagnostics } from './use-diagnostics.ts'
import { Wear } from './wear.tsx'

/** Self-tests of a node, and what it knows of its own wear. */
export function DiagnosticsTab({ node }: { readonly node: FleetNode }) {
  const loaded = useDiagnostics(node.id)
  return (
    <>
      <Answered
        name={node.name}
        loaded={loaded}
        meanwhile="It keeps its reports, and runs the self-tests that are scheduled."
      >
        {(list) => <SelfTests node={node} list={list} reload={loaded.reload} />}
      </Answered>
      <Wear node={node} />
    </>
  )
}

interface SelfTestsProps {
  readonly node: FleetNode
  readonly list: DiagList
  readonly reload: () => void
}

function SelfTests({ node, list: { items, tests, schedule }, reload }: SelfTestsProps) {
  const { control } = useBackend()
  const { notify } = useScreen()
  const [chosen, setChosen] = useState<string>()
  const [refused, setRefused] = useState<{ readonly code: string; readonly message: string }>()
  const [newest] = items
  const running = items.find(({ state }) => state === 'running')
  const shown = chosen ?? running?.id ?? newest?.id
  const begin = async ({ load, tests: wanted }: RunWish): Promise<void> => {
    setRefused(undefined)
    try {
      const run = await control.diagnostics.start({
        id: node.id,
        load,
        ...(wanted === undefined ? {} : { tests: [...wanted] }),
      })
      setChosen(run.id)
      reload()
    } catch (error) {
      setRefused(toFleetError(error))
    }
  }
  const ended = useCallback(() => reload(), [reload])
  const stop = async (run: string): Promise<void> => {
    try {
      await control.diagnostics.stop({ id: node.id, run })
      reload()
    } catch (error) {
      const { code, message } = toFleetError(error)
      notify(`The self-test was not broken off: ${message} (${code})`, 'fail')
    }
  }
  return (
    <>
      <div>
        <p className={classes.opening} data-testid="diag-sentence">
          {diagSentence(newest)}
          {newest?.startedAt !== undefined && newest.state === 'done' && (
            <>
              {' '}
              <span className={classes.faint}>
                <Ago at={newest.startedAt} />
              </span>
            </>
          )}
        </p>
        <p className={classes.faint} data-testid="diag-schedule">
          {schedule === null
            ? 'None is scheduled: the node runs one when somebody asks for it.'
            : `By itself: ${sentence(schedule)}`}
        </p>
      </div>
      <div className={classes.columns}>
        <div className={classes.main}>
          {shown === undefined ? (
            <p className={classes.faint}>
              A self-test looks at each part of the machine in turn and says what it found, what was expected, and what
              that means. Choose on this page what to test.
            </p>
          ) : (
            <RunView key={shown} node={node} run={shown} ended={ended} stop={() => stop(shown)} />
          )}
        </div>
        <aside className={classes.side} aria-label="Run a self-test">
          <RunForm name={node.name} tests={tests} isRunning={running !== undefined} refused={refused} begin={begin} />
          {items.length > 0 && <RunHistory items={items} shown={shown} choose={setChosen} />}
        </aside>
      </div>
    </>
  )
}
