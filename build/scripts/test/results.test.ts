import { expect, test } from 'vitest'
import { isSuccess, judgeStage, playwrightCounts, summaryLine, vitestCounts } from './results.ts'

test('vitest counts pending and todo tests as skipped', () => {
  const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, success: false }
  expect(vitestCounts(report)).toEqual({ passed: 5, failed: 1, skipped: 3 })
})

test('a flaky browser test has failed', () => {
  const stats = { expected: 4, unexpected: 0, flaky: 1, skipped: 2, duration: 1 }
  expect(playwrightCounts({ stats })).toEqual({ passed: 4, failed: 1, skipped: 2 })
})

test('a report in another form is refused', () => {
  expect(() => vitestCounts({ passed: 5 })).toThrow('numPassedTests')
})

test.each([
  [0, { passed: 3, failed: 0, skipped: 0 }, 0, undefined],
  [1, { passed: 3, failed: 2, skipped: 0 }, 2, undefined],
  [1, { passed: 3, failed: 0, skipped: 0 }, 1, 'ended with code 1 although no test failed'],
  [0, { passed: 0, failed: 0, skipped: 0 }, 1, 'ran no tests'],
  [139, undefined, 1, 'ended with code 139 and left no report'],
])('code %i with %j gives %i failures', (code, counts, failed, problem) => {
  const result = judgeStage('unit', code, counts, 10)
  expect(result.failed).toBe(failed)
  expect(result.problem).toBe(problem)
})

test('the summary names skipped tests only when there are some', () => {
  const results = [
    { passed: 5, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 0 },
  ]
  expect(summaryLine(results)).toBe('7 passed, 1 failed')
  expect(summaryLine([...results, { passed: 0, failed: 0, skipped: 2 }])).toBe('7 passed, 1 failed, 2 skipped')
})

test('nothing that passed is no success', () => {
  expect(isSuccess([])).toBe(false)
  expect(isSuccess([{ passed: 0, failed: 0, skipped: 4 }])).toBe(false)
  expect(isSuccess([{ passed: 1, failed: 0, skipped: 4 }])).toBe(true)
  expect(isSuccess([{ passed: 9, failed: 1, skipped: 0 }])).toBe(false)
})
