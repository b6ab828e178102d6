import { expect, it } from 'vitest'
import { diagReportHtml } from './diag-html.ts'
import { type DiagReport, worstStatus } from './diagnostics.ts'

const report: DiagReport = {
  id: 'run-1',
  node: { id: '12D3KooWx', name: 'roof-1', model: '<script>alert(1)</script>', software: '0.1.0' },
  by: 'desk "quoted"',
  load: true,
  startedAt: '2026-01-01T10:20:30.000Z',
  durationMs: 12_345,
  status: 'fail',
  aborted: 'too hot & bothered',
  results: [
    {
      name: 'fan',
      title: 'The fan',
      status: 'fail',
      reading: '0 rpm',
      expected: '> 500 rpm',
      detail: 'It stands',
      durationMs: 20,
    },
    { name: 'rtc', title: 'The clock', status: 'skip', detail: 'There is none', durationMs: 0 },
  ],
}

it('is a page that says everything in words and runs nothing', () => {
  const page = diagReportHtml(report)
  for (const words of [
    'Self-test of roof-1, 2026-01-01 10:20 UTC',
    'Fail: 0 pass, 0 warn, 1 fail, 1 not run',
    '&gt; 500 rpm',
  ])
    expect(page).toContain(words)
  expect(page).toContain('too hot &amp; bothered')
  expect(page).toContain('desk &quot;quoted&quot;')
  expect(page).not.toMatch(/<script|javascript:|https?:|@import|url\(/)
  expect(page).toContain('<style>')
  expect(diagReportHtml(report, 'abc')).toContain('<style nonce="abc">')
})

it('of nothing but tests that were not run comes to nothing', () => {
  expect(worstStatus([])).toBe('skip')
  expect(worstStatus(report.results)).toBe('fail')
  expect(worstStatus([{ status: 'skip' }, { status: 'pass' }])).toBe('pass')
  expect(worstStatus([{ status: 'warn' }, { status: 'pass' }])).toBe('warn')
})
