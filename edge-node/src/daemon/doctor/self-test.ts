import { FleetError } from '@wrale/kernel'
import { type DiagReport, diagReportSchema, type DiagResult, type DiagStatus } from '@wrale/protocol/node'
import { askDaemon } from '../cli/common.ts'
import { type Check, fail, pass, warn } from './check.ts'

/** Longer than all tests without load take, each to its deadline. */
const timeoutMs = 120_000
const name = 'self-test'

/** Has the daemon test its machine; this takes some ten seconds. */
export async function examineMachine(
  stateDirectory: string,
): Promise<{ readonly check: Check; readonly results: readonly DiagResult[] }> {
  if (process.stderr.isTTY) process.stderr.write('Testing the machine; --quick leaves this out.\n')
  try {
    const report = diagReportSchema.parse(await askDaemon(stateDirectory, 'self-test', null, { timeoutMs }))
    return { check: checkOf(report), results: report.results }
  } catch (error) {
    const why = error instanceof FleetError ? error.message : 'the daemon’s answer is not understood'
    return {
      check: warn(name, `the machine was not tested: ${why}`, 'look at the reason, then try again'),
      results: [],
    }
  }
}

function checkOf({ status, results, aborted }: DiagReport): Check {
  const count = (wanted: DiagStatus): number => results.filter((result) => result.status === wanted).length
  const parts = (
    [
      [count('pass'), 'passed'],
      [count('warn'), 'with a warning'],
      [count('fail'), 'failed'],
      [count('skip'), 'not run'],
    ] as const
  ).flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]))
  const detail = parts.join(', ')
  if (aborted !== undefined) return warn(name, `it was broken off: ${aborted}`, 'try again')
  if (status === 'fail') return fail(name, detail, 'what failed is listed below, with what was expected')
  if (status === 'warn') return warn(name, detail, 'what is near its limit is listed below')
  return pass(name, detail)
}

/** One line, and a second one with what was found where that was measured. */
export function describeTest({ status, title, detail, reading, expected, durationMs }: DiagResult): string {
  const line = `${status.padEnd(5)} ${title}: ${detail}`
  if (reading === undefined) return line
  const range = expected === undefined ? '' : `; expected ${expected}`
  return `${line}\n      ${reading}${range} (${(durationMs / 1000).toFixed(1)} s)`
}
