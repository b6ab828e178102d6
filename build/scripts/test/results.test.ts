import { expect, test } from 'vitest'
import { isSuccess, judgeStage, playwrightResults, summaryLine, vitestResults } from './results.ts'

const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }

test('vitest counts pending and todo tests as skipped', () => {
  const report = {
    ...nothing,
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    success: false,
  }
  expect(vitestResults(report).counts).toEqual({ passed: 5, failed: 1, skipped: 3 })
})

test('what failed is named with its reason, in plain text, and a file that could not be loaded as well', () => {
  const testResults = [
    {
      name: '/a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { fullName: 'a works', status: 'passed', failureMessages: [] },
        {
          fullName: 'a is right',
          status: 'failed',
          failureMessages: ['\u001B[31mexpected 1 to be 2\u001B[39m\n    at a.ts:3'],
        },
      ],
    },
    { name: '/b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
    { name: '/c.test.ts', status: 'passed', message: '', assertionResults: [] },
  ]
  expect(vitestResults({ ...nothing, testResults }).failures).toEqual([
    { test: '/a.test.ts: a is right', message: 'expected 1 to be 2\n    at a.ts:3' },
    { test: '/b.test.ts', message: 'Cannot find module' },
  ])
})

test('what a runner says of a failure is kept short', () => {
  const long = Array.from({ length: 500 }, () => 'x'.repeat(500)).join('\n')
  const testResults = [{ name: 'a', status: 'failed', message: long, assertionResults: [] }]
  const [failure] = vitestResults({ ...nothing, testResults }).failures
  expect(failure?.message.length).toBeLessThanOrEqual(4000)
  expect(failure?.message.split('\n').length).toBeLessThanOrEqual(40)
})

test('a flaky browser test has failed, and is named like those that did', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2, duration: 1 }
  const spec = (title: string, ok: boolean, status: string, message?: string): object => ({
    title,
    file: 'node.spec.ts',
    ok,
    tests: [{ status, results: [{ errors: message === undefined ? [] : [{ message }] }] }],
  })
  const suites = [
    { specs: [spec('opens', true, 'expected')] },
    {
      suites: [{ specs: [spec('closes', false, 'unexpected', 'no button'), spec('waits', true, 'flaky', 'too late')] }],
    },
  ]
  expect(playwrightResults({ stats, suites })).toEqual({
    counts: { passed: 4, failed: 2, skipped: 2 },
    failures: [
      { test: 'node.spec.ts: closes', message: 'no button' },
      { test: 'node.spec.ts: waits', message: 'too late' },
    ],
  })
})

test('a report in another form is refused', () => {
  expect(() => vitestResults({ passed: 5 })).toThrow('numPassedTests')
})

test.each([
  [0, { passed: 3, failed: 0, skipped: 0 }, 0, undefined],
  [1, { passed: 3, failed: 2, skipped: 0 }, 2, undefined],
  [1, { passed: 3, failed: 0, skipped: 0 }, 1, 'ended with code 1 although no test failed'],
  [0, { passed: 0, failed: 0, skipped: 0 }, 1, 'ran no tests'],
  [139, undefined, 1, 'ended with code 139 and left no report'],
])('code %i with %j gives %i failures', (code, counts, failed, problem) => {
  const result = judgeStage('unit', code, counts && { counts, failures: [] }, 10)
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
