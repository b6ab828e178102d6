import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import type { Node as FleetNode } from '@wrale/protocol/api'
import type { DiagReport, DiagRun } from '@wrale/protocol/node'
import { useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import {
  bySeverity,
  countsOf,
  countsText,
  progressOf,
  statusLevels,
  statusWords,
  tookText,
} from '../../model/safety/diagnostics.ts'
import { sentence } from '../../model/safety/policies.ts'
import { Callout } from '../../ui/callout.tsx'
import { At } from '../../ui/ago.tsx'
import { CommandLine, Failure } from '../../ui/message.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './diagnostics.module.css'
import { useDiagRun } from './use-diagnostics.ts'

interface RunViewProps {
  readonly node: FleetNode
  readonly run: string
  readonly ended: (run: DiagRun) => void
  readonly stop: () => Promise<void>
}

/** One self-test: how far it is, or what it found. */
export function RunView({ node, run, ended, stop }: RunViewProps) {
  const { data, error } = useDiagRun(node.id, run, ended)
  if (data === undefined) {
    if (error === undefined) return <Skeleton lines={6} label="Loading the self-test" />
    return <Failure what="The self-test was not loaded" error={error} todo="This page keeps trying." />
  }
  switch (data.state) {
    case 'running':
      return <Running run={data} isLost={error !== undefined} name={node.name} stop={stop} />
    case 'failed':
      return (
        <Callout mark="fail" level="fail" data-testid="diag-failed">
          <strong>It failed before it had a report.</strong> {sentence(data.problem.message)}{' '}
          <code>{data.problem.code}</code>
        </Callout>
      )
    case 'done':
      return <Report node={node} report={data.report} />
  }
}

interface RunningProps {
  readonly run: DiagRun & { readonly state: 'running' }
  /** The node is not heard now. */
  readonly isLost: boolean
  readonly name: string
  readonly stop: () => Promise<void>
}

function Running({ run, isLost, name, stop }: RunningProps) {
  const [stopping, setStopping] = useState(false)
  const { done, of, current } = run.progress
  return (
    <section className={classes.running} aria-label="Self-test under way" data-testid="diag-running">
      <p>
        <strong>{run.load ? 'Testing under load' : 'Testing'}</strong>{' '}
        <span data-figures>
          {done} of {of} done
        </span>
      </p>
      <progress value={progressOf(run)} max={1} aria-label="Progress of the self-test" />
      <p className={classes.faint} aria-live="polite">
        {isLost
          ? `${name} cannot be reached now; the self-test goes on there.`
          : stopping
            ? 'It is broken off after the present test.'
            : (current ?? 'Beginning')}
      </p>
      <Button
        variant="default"
        loading={stopping}
        onClick={async () => {
          setStopping(true)
          await stop()
          setStopping(false)
        }}
      >
        Break off
      </Button>
    </section>
  )
}

function Report({ node, report }: { readonly node: FleetNode; readonly report: DiagReport }) {
  const { kind } = useBackend()
  return (
    <section className={classes.report} aria-labelledby="report" data-testid="diag-report" data-status={report.status}>
      <header className={classes.reportHead}>
        <div>
          <h2 id="report">
            Report of <At at={report.startedAt} />
          </h2>
          <p className={classes.faint}>
            {countsText(countsOf(report.results))} · took {tookText(report.durationMs)}
            {report.load && ' · under load'} · asked for by {report.by}
          </p>
        </div>
        {kind === 'browser' && (
          <Button
            component="a"
            size="xs"
            variant="default"
            href={`/api/v1/nodes/${node.id}/diagnostics/${report.id}/report`}
            target="_blank"
            rel="noopener"
            leftSection={<IconPrinter size={16} stroke={1.75} />}
          >
            Report to print
          </Button>
        )}
      </header>
      {kind === 'desktop' && (
        <div>
          <p className={classes.faint}>As a page to print or to send:</p>
          <CommandLine command={`wrale diag report ${node.name} ${report.id.slice(0, 8)} -o report.html`} />
        </div>
      )}
      {report.aborted !== undefined && (
        <Callout mark="warn" level="warn" data-testid="diag-aborted">
          <strong>Broken off.</strong> {sentence(report.aborted)} What is missing was not tested.
        </Callout>
      )}
      <Results report={report} />
    </section>
  )
}

/** What needs a person stands first. */
function Results({ report }: { readonly report: DiagReport }) {
  return (
    <table className={classes.results} aria-label="Results">
      <thead>
        <tr>
          <th scope="col">Result</th>
          <th scope="col">Test</th>
          <th scope="col">Found</th>
          <th scope="col">Expected</th>
          <th scope="col" data-numeric>
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {bySeverity(report.results).map(({ name, title, status, reading, expected, detail, durationMs }) => (
          <tr key={name} data-testid="diag-result" data-test={name} data-status={status}>
            <td>
              <span className={classes.verdict} data-level={statusLevels[status]}>
                <StateMark state={statusLevels[status]} size={14} />
                {statusWords[status]}
              </span>
            </td>
            <th scope="row">
              {title}
              <span className={classes.detail}>{detail}</span>
            </th>
            <td data-label="Found" data-figures>
              {reading}
            </td>
            <td data-label="Expected" data-figures>
              {expected}
            </td>
            <td data-numeric data-figures>
              {status === 'skip' ? '' : tookText(durationMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
