import { randomUUID } from 'node:crypto'
import { type Cancel, type Clock, FleetError, type Logger, type Startable } from '@wrale/kernel'
import { openSettings, type Settings } from '@wrale/host'
import {
  type DiagReport,
  diagReportSchema,
  type DiagRequest,
  type DiagResult,
  type DiagTest,
  worstStatus,
} from '@wrale/protocol/node'
import { z } from 'zod'
import type { DiagHooks, DiagnosticsControls } from '../remote/node-controls.ts'
import { type ComponentTest, componentTests, type Finding, type TestContext } from './component-tests.ts'
import type { DiagnosticsSettings } from './settings.ts'

/** Reports that are kept. */
const maxReports = 16
/** Results of one report. */
const maxResults = 256
/** After a scheduled run that the machine was not fit for, ms. */
const laterMs = 15 * 60_000

const keptSchema = z.strictObject({ reports: z.array(diagReportSchema).max(maxReports).default([]) })

export interface DiagnosticsDeps {
  readonly context: TestContext
  /** Why a run would endanger the machine now; undefined when it would not. */
  readonly unfit: () => string | undefined
  readonly about: () => Promise<DiagReport['node']>
  /** Where reports are kept. */
  readonly file: string
  readonly clock: Clock
  readonly logger: Logger
  /** Default: `componentTests`. */
  readonly tests?: readonly ComponentTest[]
}

/** Self-tests of the node: one at a time, on demand and by a schedule, with the reports of the last ones. */
export class Diagnostics implements DiagnosticsControls, Startable {
  readonly #deps: DiagnosticsDeps
  readonly #settings: DiagnosticsSettings
  readonly #tests: readonly ComponentTest[]
  #kept: Settings<z.output<typeof keptSchema>> | undefined
  #reports: readonly DiagReport[] = []
  #running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined
  #dueAtMs: number | undefined
  #cancel: Cancel = () => undefined
  #isStarted = false

  constructor(deps: DiagnosticsDeps, settings: DiagnosticsSettings) {
    this.#deps = deps
    this.#settings = settings
    this.#tests = deps.tests ?? componentTests
  }

  async start(): Promise<void> {
    if (this.#isStarted) return
    this.#isStarted = true
    const { file, logger } = this.#deps
    try {
      this.#kept = await openSettings(file, keptSchema)
      const { damaged, data } = this.#kept
      if (damaged !== undefined)
        logger.error('the reports of self-tests were damaged and begin anew', { setAside: damaged })
      this.#reports = data.reports
    } catch (error) {
      logger.error('the reports of self-tests cannot be read', { error })
    }
    // Counted from the start, because a clock that nothing sets cannot say how long ago the last one was.
    const { everyHours } = this.#settings
    if (everyHours !== undefined) this.#scheduleIn(everyHours * 3_600_000)
  }

  async stop(): Promise<void> {
    this.#isStarted = false
    this.#cancel()
    this.#running?.abort.abort(new FleetError('ABORTED', 'the daemon stops'))
    await this.#running?.done
  }

  tests(): readonly DiagTest[] {
    return this.#tests.map(({ name, title, load }) => ({ name, title, ...(load && { load }) }))
  }

  schedule(): string | null {
    const { everyHours } = this.#settings
    if (everyHours === undefined || this.#dueAtMs === undefined) return null
    const minutes = Math.max(0, Math.round((this.#dueAtMs - this.#deps.clock.monotonicMs()) / 60_000))
    const next = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
    return `every ${everyHours} h, the next in ${next}`
  }

  reports(): readonly DiagReport[] {
    return this.#reports
  }

  async run(request: DiagRequest & { readonly id: string }, by: string, hooks: DiagHooks): Promise<DiagReport> {
    const tests = this.#chosen(request)
    if (this.#running !== undefined) throw new FleetError('CONFLICT', 'another self-test is under way; wait for it')
    const unfit = this.#deps.unfit()
    if (unfit !== undefined) throw new FleetError('CONFLICT', `no self-test now: ${unfit}`)
    const abort = new AbortController()
    const signal = AbortSignal.any([hooks.signal, abort.signal])
    const work = this.#carryOut(tests, request, by, { progress: (at) => hooks.progress(at), signal })
    this.#running = { abort, done: work.catch(() => undefined) }
    try {
      return await work
    } finally {
      this.#running = undefined
    }
  }

  #chosen({ tests: wanted, load }: DiagRequest): readonly ComponentTest[] {
    const unknown = wanted?.find((name) => !this.#tests.some((test) => test.name === name))
    if (unknown !== undefined) {
      const known = this.#tests.map(({ name }) => name).join(', ')
      throw new FleetError('INPUT_INVALID', `there is no test "${unknown}"; there are ${known}`)
    }
    return this.#tests.filter((test) => (test.load !== true || load) && (wanted?.includes(test.name) ?? true))
  }

  async #carryOut(
    tests: readonly ComponentTest[],
    { id, load }: DiagRequest & { readonly id: string },
    by: string,
    hooks: DiagHooks,
  ): Promise<DiagReport> {
    const { about, clock, logger } = this.#deps
    const { signal } = hooks
    const startedAt = new Date(clock.wallMs()).toISOString()
    const startedMs = clock.monotonicMs()
    const results: DiagResult[] = []
    for (const [index, test] of tests.entries()) {
      if (signal.aborted) break
      hooks.progress({ done: index, of: tests.length, current: test.title })
      results.push(...(await this.#one(test, signal)))
    }
    hooks.progress({ done: tests.length, of: tests.length })
    const aborted = signal.aborted ? reasonOf(signal.reason) : undefined
    const report: DiagReport = {
      id,
      node: await about(),
      by: by.slice(0, 128),
      load,
      startedAt,
      durationMs: clock.monotonicMs() - startedMs,
      status: worstStatus(results),
      ...(aborted === undefined ? {} : { aborted }),
      results: results.slice(0, maxResults),
    }
    logger.info('self-test done', { run: id, status: report.status, by, aborted })
    await this.#keep(report)
    return report
  }

  async #one(test: ComponentTest, signal: AbortSignal): Promise<DiagResult[]> {
    const { clock, context } = this.#deps
    const { name, title, deadlineMs } = test
    const startedMs = clock.monotonicMs()
    const deadline = new AbortController()
    const late = Promise.withResolvers<never>()
    const cancel = clock.schedule(deadlineMs, () => {
      const error = new FleetError('TIMEOUT', `no answer within ${Math.round(deadlineMs / 1000)} s`)
      deadline.abort(error)
      late.reject(error)
    })
    let findings: readonly Finding[]
    try {
      const found = await Promise.race([test.run(context, AbortSignal.any([signal, deadline.signal])), late.promise])
      findings = 'status' in found ? [found] : found
    } catch (error) {
      findings = [
        signal.aborted
          ? { status: 'skip', detail: 'It was broken off' }
          : { status: 'fail', detail: `It could not be carried out: ${reasonOf(error)}` },
      ]
    } finally {
      cancel()
    }
    const durationMs = clock.monotonicMs() - startedMs
    return findings.map((finding) => ({ name, title, durationMs, ...finding }))
  }

  async #keep(report: DiagReport): Promise<void> {
    this.#reports = [report, ...this.#reports.filter(({ id }) => id !== report.id)].slice(0, maxReports)
    try {
      await this.#kept?.update((data) => Object.assign(data, { reports: this.#reports }))
    } catch (error) {
      this.#deps.logger.error('a report of a self-test cannot be kept', { error })
    }
  }

  #scheduleIn(ms: number): void {
    const { clock } = this.#deps
    this.#cancel()
    this.#dueAtMs = clock.monotonicMs() + ms
    // Timers hold 24 days at most.
    this.#cancel = clock.schedule(Math.min(ms, 86_400_000), () => {
      const leftMs = (this.#dueAtMs ?? 0) - clock.monotonicMs()
      if (leftMs > 0) this.#scheduleIn(leftMs)
      else void this.#runDue()
    })
  }

  async #runDue(): Promise<void> {
    const { everyHours = 24, load } = this.#settings
    const hooks = { progress: () => undefined, signal: new AbortController().signal }
    try {
      await this.run({ id: `auto-${randomUUID()}`, load }, 'the schedule', hooks)
      if (this.#isStarted) this.#scheduleIn(everyHours * 3_600_000)
    } catch (error) {
      this.#deps.logger.warn('a scheduled self-test was put off', { error })
      if (this.#isStarted) this.#scheduleIn(laterMs)
    }
  }
}

function reasonOf(reason: unknown): string {
  return (reason instanceof Error ? reason.message : String(reason)).slice(0, 200)
}
