import type { NodeMaintenance } from '@wrale/protocol/api'
import type { DiagResult, DiagRun, DiagStatus, DiagSummary } from '@wrale/protocol/node'
import { counted, formatMs } from '../format.ts'
import type { Level } from './policies.ts'

export const statusWords: Readonly<Record<DiagStatus, string>> = {
  pass: 'Pass',
  warn: 'Warning',
  fail: 'Fail',
  skip: 'Not run',
}
export const statusLevels: Readonly<Record<DiagStatus, Level>> = {
  pass: 'ok',
  warn: 'warn',
  fail: 'fail',
  skip: 'unknown',
}
const worstFirst: readonly DiagStatus[] = ['fail', 'warn', 'pass', 'skip']

export type Counts = Readonly<Partial<Record<DiagStatus, number>>>

export function countsOf(results: readonly Pick<DiagResult, 'status'>[]): Counts {
  const counts: Partial<Record<DiagStatus, number>> = {}
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** "1 fail, 2 warnings, 18 pass" */
export function countsText(counts: Counts): string {
  const words: Readonly<Record<DiagStatus, (count: number) => string>> = {
    fail: (count) => `${count} failed`,
    warn: (count) => counted(count, 'warning'),
    pass: (count) => `${count} passed`,
    skip: (count) => `${count} not run`,
  }
  const parts = worstFirst.flatMap((status) => {
    const count = counts[status] ?? 0
    return count === 0 ? [] : [words[status](count)]
  })
  return parts.length === 0 ? 'nothing was tested' : parts.join(', ')
}

/** What came out as a whole; undefined for a run whose counts are not told. */
export function worstOf(counts: Counts | undefined): DiagStatus | undefined {
  return worstFirst.find((status) => (counts?.[status] ?? 0) > 0)
}

/** What needs a person first; those alike stay in the node's order. */
export function bySeverity(results: readonly DiagResult[]): readonly DiagResult[] {
  return results.toSorted((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status))
}

/** The tab's first words. */
export function diagSentence(newest: DiagSummary | undefined): string {
  if (newest === undefined) return 'This node has run no self-test yet.'
  if (newest.state === 'running') return 'A self-test is under way.'
  if (newest.state === 'failed') return 'The last self-test failed before it had a report.'
  const text = newest.counts === undefined ? 'it has a report' : countsText(newest.counts)
  return newest.aborted === undefined ? `Last self-test: ${text}.` : `The last self-test was broken off: ${text}.`
}

/** How far a run is, 0..1. */
export function progressOf(run: DiagRun): number {
  if (run.state !== 'running') return 1
  const { done, of } = run.progress
  return of === 0 ? 0 : Math.min(1, done / of)
}

/** "1.2 s", "34 s", "4 min" */
export function tookText(ms: number): string {
  return ms < 60_000 ? formatMs(ms) : `${Math.round(ms / 60_000)} min`
}

type Prediction = NodeMaintenance['predictions'][number]

/** "about 3 months", "about 4.2 years" */
export function remainingText(days: number | undefined): string {
  if (days === undefined) return 'cannot be told yet'
  if (days < 1) return 'less than a day'
  if (days < 60) return `about ${counted(Math.round(days), 'day')}`
  if (days < 730) return `about ${Math.round(days / 30.4)} months`
  return days > 36_525 ? 'more than 100 years' : `about ${(days / 365.25).toFixed(days < 3652 ? 1 : 0)} years`
}

/** Whether somebody should order a part. */
export function wearLevel({ usedRatio, remainingDays }: Pick<Prediction, 'usedRatio' | 'remainingDays'>): Level {
  if (usedRatio === undefined && remainingDays === undefined) return 'unknown'
  const [used, days] = [usedRatio ?? 0, remainingDays ?? Infinity]
  if (used >= 1 || days < 30) return 'fail'
  return used >= 0.8 || days < 180 ? 'warn' : 'ok'
}

const causeWords: Readonly<Record<string, string>> = {
  clean: 'shut down in order',
  'power-lost': 'power lost',
  watchdog: 'reset by the watchdog',
  crash: 'the daemon crashed',
}

export function shutdownText(cause: string): string {
  return causeWords[cause] ?? cause
}
