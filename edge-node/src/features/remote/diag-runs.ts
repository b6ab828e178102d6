import { FleetError, type Logger, toFleetError } from '@wrale/kernel'
import type { DiagList, DiagProgress, DiagReport, DiagRequest, DiagRun, DiagSummary } from '@wrale/protocol/node'
import type { DiagnosticsControls } from './node-controls.ts'

/** Most runs that are remembered because they have no report. */
const maxFailed = 16
/** Most reports that a list names. */
const maxListed = 32

interface UnderWay {
  readonly id: string
  readonly load: boolean
  readonly by: string
  readonly abort: AbortController
  progress: DiagProgress
}

/** Self-tests that stations began: one at a time, asked about until they are done. */
export class DiagRuns {
  readonly #diagnostics: DiagnosticsControls
  readonly #logger: Logger
  readonly #failed = new Map<string, DiagRun & { state: 'failed' }>()
  /** The last report, whether it is kept elsewhere or not. */
  #last: DiagReport | undefined
  #underWay: UnderWay | undefined

  constructor(diagnostics: DiagnosticsControls, logger: Logger) {
    this.#diagnostics = diagnostics
    this.#logger = logger
  }

  /** Resolves when the run has begun, or has ended already. @throws FleetError why it is refused; CONFLICT while one is under way */
  async start(id: string, request: DiagRequest, by: string): Promise<DiagRun> {
    const other = this.#underWay
    if (other !== undefined) {
      throw new FleetError('CONFLICT', `${other.by} runs a self-test here already; wait for it, or break it off`, {
        run: other.id,
      })
    }
    const abort = new AbortController()
    const run: UnderWay = { id, load: request.load, by, abort, progress: { done: 0, of: 0 } }
    this.#underWay = run
    const begun = Promise.withResolvers<void>()
    const ended = this.#carryOut(run, request, () => begun.resolve())
    // What is refused ends before it begins.
    await Promise.race([begun.promise, ended])
    return this.get(id)
  }

  /** @throws FleetError NOT_FOUND */
  get(id: string): DiagRun {
    const run = this.#underWay
    if (run?.id === id) return { state: 'running', id, load: run.load, progress: run.progress }
    const report = [...(this.#last === undefined ? [] : [this.#last]), ...this.#diagnostics.reports()].find(
      (kept) => kept.id === id,
    )
    if (report !== undefined) return { state: 'done', id, report }
    const failed = this.#failed.get(id)
    if (failed === undefined) throw new FleetError('NOT_FOUND', `this node keeps no self-test "${id}"`)
    return failed
  }

  /** Breaks a run off; one that ended stays as it is. @throws FleetError NOT_FOUND */
  stop(id: string, by: string): DiagRun {
    if (this.#underWay?.id === id) this.#underWay.abort.abort(new FleetError('ABORTED', `broken off by ${by}`))
    return this.get(id)
  }

  list(): DiagList {
    const run = this.#underWay
    const running: DiagSummary[] =
      run === undefined ? [] : [{ id: run.id, state: 'running', load: run.load, by: run.by }]
    const failed = [...this.#failed.values()].toReversed().map(({ id, state }): DiagSummary => ({ id, state }))
    const done = this.#diagnostics.reports().slice(0, maxListed).map(summaryOf)
    return {
      items: [...running, ...done, ...failed],
      tests: [...this.#diagnostics.tests()],
      schedule: this.#diagnostics.schedule(),
    }
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#underWay?.abort.abort(new FleetError('ABORTED', 'the daemon stops'))
  }

  async #carryOut(run: UnderWay, request: DiagRequest, begun: () => void): Promise<void> {
    const { id, by, abort } = run
    let hasBegun = false
    try {
      this.#last = await this.#diagnostics.run({ ...request, id }, by, {
        progress: (progress) => {
          run.progress = progress
          hasBegun = true
          begun()
        },
        signal: abort.signal,
      })
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (!hasBegun) throw error
      this.#logger.warn('a self-test failed', { run: id, error })
      this.#failed.set(id, { state: 'failed', id, problem: { code: error.code, message: error.message.slice(0, 240) } })
      const [oldest] = this.#failed.keys()
      if (this.#failed.size > maxFailed && oldest !== undefined) this.#failed.delete(oldest)
    } finally {
      this.#underWay = undefined
    }
  }
}

function summaryOf({ id, load, by, startedAt, durationMs, aborted, results }: DiagReport): DiagSummary {
  const count = (wanted: string): number => results.filter(({ status }) => status === wanted).length
  return {
    id,
    state: 'done',
    load,
    by,
    startedAt,
    durationMs,
    counts: { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') },
    ...(aborted === undefined ? {} : { aborted }),
  }
}
