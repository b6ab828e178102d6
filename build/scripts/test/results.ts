/** Reads the machine-readable reports of the test runners into one form. */
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** One test that failed. */
export interface Failure {
  readonly test: string
  /** The beginning of what the runner said of it, without colours; may be empty. */
  readonly message: string
}

/** What a runner's report says. */
export interface Report {
  readonly counts: Counts
  readonly failures: readonly Failure[]
}

export interface StageResult extends Counts {
  readonly stage: string
  /** The tests that failed and why: a log that was cut short still ends with them. */
  readonly failures: readonly Failure[]
  readonly durationMs: number
  /** Why the stage as a whole counts as failed, beside tests that failed. */
  readonly problem?: string
}

const MESSAGE_LINES = 40
const MESSAGE_CHARS = 4000

const count = z.number().int().nonnegative()

const vitestReport = z.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

const playwrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  ok: z.boolean(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })).default([]) })),
    }),
  ),
})

const playwrightSuite = z.object({
  specs: z.array(playwrightSpec).default([]),
  get suites() {
    return z.array(playwrightSuite).default([])
  },
})

const playwrightReport = z.object({
  stats: z.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
  suites: z.array(playwrightSuite),
})

export function vitestResults(report: unknown): Report {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = vitestReport.parse(report)
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    // A file that cannot be loaded has failed without a test of it having run.
    if (failed.length === 0 && status === 'failed') return [failure(name, [message])]
    return failed.map(({ fullName, failureMessages }) => failure(`${name}: ${fullName}`, failureMessages ?? []))
  })
  return {
    counts: { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests },
    failures,
  }
}

/** A test that passes only when it is tried again has failed. */
export function playwrightResults(report: unknown): Report {
  const { stats, suites } = playwrightReport.parse(report)
  const failures = suites.flatMap(specsOf).flatMap(({ title, file, ok, tests }) => {
    if (ok && tests.every(({ status }) => status !== 'flaky')) return []
    const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
    return [
      failure(
        `${file}: ${title}`,
        errors.flatMap(({ message }) => message ?? []),
      ),
    ]
  })
  return {
    counts: { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped },
    failures,
  }
}

function specsOf(suite: z.infer<typeof playwrightSuite>): Array<z.infer<typeof playwrightSpec>> {
  return [...suite.specs, ...suite.suites.flatMap(specsOf)]
}

function failure(test: string, messages: readonly string[]): Failure {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n')
  return { test, message: lines.slice(0, MESSAGE_LINES).join('\n').trimEnd().slice(0, MESSAGE_CHARS) }
}

/**
 * The verdict on a stage. Whatever a runner's report says, a stage counts as failed when the runner ended badly or ran
 * nothing: a broken import, a crash or a wrong path must never look like success.
 * @param report undefined when there is no readable one
 */
export function judgeStage(stage: string, code: number, report: Report | undefined, durationMs: number): StageResult {
  const { counts, failures } = report ?? { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] }
  const problem = stageProblem(code, report?.counts)
  if (problem === undefined) return { stage, ...counts, failures, durationMs }
  return { stage, ...counts, failed: counts.failed + 1, failures, durationMs, problem }
}

function stageProblem(code: number, counts: Counts | undefined): string | undefined {
  if (counts === undefined) return `ended with code ${code} and left no report`
  if (counts.failed === 0 && code !== 0) return `ended with code ${code} although no test failed`
  if (counts.passed + counts.failed + counts.skipped === 0) return 'ran no tests'
  return undefined
}

/** The line that ends `npm test`. */
export function summaryLine(results: readonly Counts[]): string {
  const sum = (field: keyof Counts): number => results.reduce((total, result) => total + result[field], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Success takes at least one test that passed, and none that failed. */
export function isSuccess(results: readonly Counts[]): boolean {
  return results.every(({ failed }) => failed === 0) && results.some(({ passed }) => passed > 0)
}
