import type { DiagResult, DiagStatus, DiagSummary } from '@wrale/protocol/node'
import { describe, expect, test } from 'vitest'
import {
  bySeverity,
  countsOf,
  countsText,
  diagSentence,
  progressOf,
  remainingText,
  shutdownText,
  tookText,
  wearLevel,
  worstOf,
} from './diagnostics.ts'

const result = (name: string, status: DiagStatus): DiagResult => ({
  name,
  title: `Test ${name}`,
  status,
  detail: '',
  durationMs: 10,
})
const summary = (change: Partial<DiagSummary>): DiagSummary => ({ id: 'run-1', state: 'done', ...change })

describe('a self-test', () => {
  const results = [
    result('a', 'pass'),
    result('b', 'skip'),
    result('c', 'fail'),
    result('d', 'pass'),
    result('e', 'warn'),
  ]

  test('is counted, the worst first', () => {
    expect(countsText(countsOf(results))).toBe('1 failed, 1\u0020warning, 2 passed, 1 not run')
    expect(countsText({})).toBe('nothing was tested')
    expect(worstOf(countsOf(results))).toBe('fail')
    expect(worstOf({ pass: 2, skip: 9 })).toBe('pass')
    expect(worstOf(undefined)).toBeUndefined()
  })

  test('shows what needs a person first, and leaves those alike in their order', () => {
    expect(bySeverity(results).map(({ name }) => name)).toEqual(['c', 'e', 'a', 'd', 'b'])
  })

  test('opens the tab with the newest', () => {
    expect(diagSentence(undefined)).toBe('This node has run no self-test yet.')
    expect(diagSentence(summary({ state: 'running' }))).toBe('A self-test is under way.')
    expect(diagSentence(summary({ state: 'failed' }))).toMatch(/failed before/)
    expect(diagSentence(summary({ counts: { pass: 3, fail: 0, warn: 0, skip: 0 } }))).toBe('Last self-test: 3 passed.')
    expect(diagSentence(summary({ aborted: 'x', counts: { pass: 3, fail: 0, warn: 0, skip: 0 } }))).toBe(
      'The last self-test was broken off: 3 passed.',
    )
  })

  test('tells how far it is', () => {
    const running = (done: number, of: number) =>
      progressOf({ state: 'running', id: 'run-1', load: false, progress: { done, of } })
    expect([running(0, 0), running(1, 4), running(4, 4)]).toEqual([0, 0.25, 1])
    expect(tookText(1200)).toBe('1.2\u202fs')
    expect(tookText(240_000)).toBe('4 min')
  })
})

describe('wear', () => {
  test.each([
    [undefined, 'cannot be told yet'],
    [0.4, 'less than a day'],
    [41, 'about 41 days'],
    [200, 'about 7 months'],
    [1310, 'about 3.6 years'],
    [9000, 'about 25 years'],
    [90_000, 'more than 100 years'],
  ])('%s days are "%s"', (days, text) => {
    expect(remainingText(days)).toBe(text)
  })

  test('is a warning before it is too late', () => {
    expect(wearLevel({})).toBe('unknown')
    expect(wearLevel({ remainingDays: 4000 })).toBe('ok')
    expect(wearLevel({ usedRatio: 0.81 })).toBe('warn')
    expect(wearLevel({ usedRatio: 0.2, remainingDays: 100 })).toBe('warn')
    expect(wearLevel({ remainingDays: 5 })).toBe('fail')
    expect(wearLevel({ usedRatio: 1.2 })).toBe('fail')
  })

  test('comes with why the machine went off', () => {
    expect(shutdownText('power-lost')).toBe('power lost')
    expect(shutdownText('flood')).toBe('flood')
  })
})
