/** Reads the machine-readable reports of the test runners into one form. */
import { z } from 'zod'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface StageResult extends Counts {
  readonly stage: string
  readonly durationMs: number
  /** Why the stage as a whole counts as failed, beside tests that failed. */
  readonly problem?: string
}

const count = z.number().int().nonnegative()

const vitestReport = z.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
})

const playwrightReport = z.object({
  stats: z.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
})

export function vitestCounts(report: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = vitestReport.parse(report)
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
}

/** A test that passes only when it is tried again has failed. */
export function playwrightCounts(report: unknown): Counts {
  const { expected, unexpected, flaky, skipped } = playwrightReport.parse(report).stats
  return { passed: expected, failed: unexpected + flaky, skipped }
}

/**
 * The verdict on a stage. Whatever a runner's report says, a stage counts as failed when the runner ended badly or ran
 * nothing: a broken import, a crash or a wrong path must never look like success.
 * @param counts undefined when there is no readable report
 */
export function judgeStage(stage: string, code: number, counts: Counts | undefined, durationMs: number): StageResult {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0 }
  const problem = stageProblem(code, counts)
  if (problem === undefined) return { stage, ...known, durationMs }
  return { stage, ...known, failed: known.failed + 1, durationMs, problem }
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
