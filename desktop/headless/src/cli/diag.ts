import { setTimeout as pause } from 'node:timers/promises'
import { writeFile } from 'node:fs/promises'
import type { FleetClient } from '@wrale/client'
import { errnoOf } from '@wrale/host'
import { FleetError, isFleetErrorCode } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import {
  type DiagList,
  type DiagProgress,
  type DiagReport,
  diagReportHtml,
  type DiagRun,
  type DiagStatus,
  type DiagSummary,
} from '@wrale/protocol/node'
import { type StationChoice, withStation } from './connect.ts'
import { findNode } from './find.ts'
import { absent, formatAge, formatDuration } from './format.ts'
import { type OutputForm, painter, printData, tableOf, type Terminal } from './print.ts'

const pollMs = 500
/** A node may be away for a moment in a run: so many asks in a row may fail. */
const maxFailures = 20

/** Runs a self-test and waits for it. @throws FleetError CONFLICT when a test fails, or the run was broken off */
export async function runDiag(
  terminal: Terminal,
  choice: StationChoice,
  wanted: { readonly node: string; readonly load: boolean; readonly tests: string[] },
  form: OutputForm,
): Promise<void> {
  const { load, tests } = wanted
  const report = await withStation(choice, async ({ client }) => {
    const { id, name } = await findNode(client, wanted.node)
    const begun = await client.nodes.diagnostics.start({ id, load, ...(tests.length === 0 ? {} : { tests }) })
    terminal.err.write(`${name}: run ${begun.id}\n`)
    return ended(client, id, begun, progressOf(terminal, name))
  })
  printData(terminal, form, report, () => reportTable(report, terminal))
  const failed = report.results.filter(({ status }) => status === 'fail').length
  if (report.aborted !== undefined) throw new FleetError('CONFLICT', `the self-test was broken off: ${report.aborted}`)
  if (failed > 0) throw new FleetError('CONFLICT', `${failed} of ${report.results.length} tests failed`)
}

export async function listDiag(
  terminal: Terminal,
  choice: StationChoice,
  node: string,
  form: OutputForm,
): Promise<void> {
  const list = await withStation(choice, async ({ client }) =>
    client.nodes.diagnostics.list({ id: (await findNode(client, node)).id }),
  )
  printData(terminal, form, list, () => listText(list))
}

export async function stopDiag(
  terminal: Terminal,
  choice: StationChoice,
  wanted: { readonly node: string; readonly run: string },
  form: OutputForm,
): Promise<void> {
  const run = await withStation(choice, async ({ client }) => {
    const { id } = await findNode(client, wanted.node)
    const { items } = await client.nodes.diagnostics.list({ id })
    return client.nodes.diagnostics.stop({ id, run: runOf(items, wanted.run).id })
  })
  printData(terminal, form, run, () =>
    run.state === 'running' ? `The run ${run.id} is being broken off.` : `The run ${run.id} had ended already.`,
  )
}

/** @param file `-` for standard output; a name that ends with .json gets JSON, any other a page */
export async function saveDiagReport(
  terminal: Terminal,
  choice: StationChoice,
  wanted: { readonly node: string; readonly run: string | undefined; readonly file: string },
): Promise<void> {
  const report = await withStation(choice, async ({ client }) => {
    const { id } = await findNode(client, wanted.node)
    const { items } = await client.nodes.diagnostics.list({ id })
    const done = items.filter(({ state }) => state === 'done')
    const run = wanted.run === undefined ? done[0] : runOf(items, wanted.run)
    if (run === undefined) throw new FleetError('NOT_FOUND', 'this node keeps no report: run one with "wrale diag run"')
    return reportOf(await client.nodes.diagnostics.get({ id, run: run.id }))
  })
  const { file } = wanted
  const text = file.endsWith('.json') ? `${JSON.stringify(report, undefined, 2)}\n` : diagReportHtml(report)
  if (file === '-') {
    terminal.out.write(text)
    return
  }
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new FleetError('INPUT_INVALID', `${file} cannot be written: ${errnoOf(error) ?? String(error)}`)
  }
  terminal.err.write(`Wrote ${file}.\n`)
}

async function ended(
  client: FleetClient,
  id: PeerIdText,
  begun: DiagRun,
  tell: (progress: DiagProgress) => void,
): Promise<DiagReport> {
  let run = begun
  let failures = 0
  while (run.state === 'running') {
    tell(run.progress)
    await pause(pollMs)
    try {
      run = await client.nodes.diagnostics.get({ id, run: run.id })
      failures = 0
    } catch (error) {
      const mayPass = error instanceof FleetError && ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED'].includes(error.code)
      if (!mayPass || ++failures > maxFailures) throw error
    }
  }
  return reportOf(run)
}

/** @throws FleetError when the run has no report */
function reportOf(run: DiagRun): DiagReport {
  if (run.state === 'done') return run.report
  if (run.state === 'running') throw new FleetError('CONFLICT', `the run ${run.id} is under way still`)
  const { code, message } = run.problem
  throw new FleetError(isFleetErrorCode(code) ? code : 'UNAVAILABLE', message)
}

/** @throws FleetError NOT_FOUND, or CONFLICT when several fit */
function runOf(items: readonly DiagSummary[], wanted: string): DiagSummary {
  const found = items.filter(({ id }) => wanted !== '' && id.startsWith(wanted))
  const [run] = found
  if (run === undefined) throw new FleetError('NOT_FOUND', `this node keeps no self-test "${wanted}"`)
  if (found.length > 1) throw new FleetError('CONFLICT', `"${wanted}" fits ${found.length} self-tests`)
  return run
}

/** A line for each test, as it begins: a log keeps what a line that is rewritten would lose. */
function progressOf(terminal: Terminal, name: string): (progress: DiagProgress) => void {
  let told = ''
  return ({ done, of, current }) => {
    const line = `${name}: ${done} of ${of}${current === undefined ? '' : `, ${current}`}\n`
    if (line !== told) terminal.err.write(line)
    told = line
  }
}

const colours = { pass: 'green', warn: 'yellow', fail: 'red', skip: 'gray' } as const

function reportTable(report: DiagReport, terminal: Terminal): string {
  const paint = painter(terminal.out)
  return tableOf(
    [
      { title: 'RESULT', cell: ({ status }) => status, paint: (text, { status }) => paint(colours[status], text) },
      { title: 'TEST', cell: ({ title }) => title },
      { title: 'FOUND', cell: ({ reading }) => reading ?? absent },
      { title: 'EXPECTED', cell: ({ expected }) => expected ?? absent },
      { title: 'DETAIL', cell: ({ detail }) => detail },
    ],
    report.results,
  )
}

function listText({ items, tests, schedule }: DiagList): string {
  const count = (counts: DiagSummary['counts'], status: DiagStatus): string => String(counts?.[status] ?? absent)
  const runs = tableOf(
    [
      { title: 'RUN', cell: ({ id }) => id },
      { title: 'STATE', cell: ({ state, aborted }) => (aborted === undefined ? state : 'broken off') },
      { title: 'PASS', align: 'right', cell: ({ counts }) => count(counts, 'pass') },
      { title: 'WARN', align: 'right', cell: ({ counts }) => count(counts, 'warn') },
      { title: 'FAIL', align: 'right', cell: ({ counts }) => count(counts, 'fail') },
      { title: 'NOT RUN', align: 'right', cell: ({ counts }) => count(counts, 'skip') },
      {
        title: 'TOOK',
        align: 'right',
        cell: ({ durationMs }) => (durationMs === undefined ? absent : formatDuration(durationMs)),
      },
      {
        title: 'STARTED',
        align: 'right',
        cell: ({ startedAt }) => (startedAt === undefined ? absent : formatAge(startedAt, Date.now())),
      },
      { title: 'BY', cell: ({ by }) => by ?? absent },
    ],
    items,
  )
  const known = tableOf(
    [
      { title: 'TEST', cell: ({ name }) => name },
      { title: 'WHAT IT LOOKS AT', cell: ({ title, load }) => (load === true ? `${title} (under load)` : title) },
    ],
    tests,
  )
  return [runs, '', known, '', `Schedule: ${schedule ?? 'none'}`].join('\n')
}
