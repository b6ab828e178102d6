import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMetrics } from './metrics.ts'

describe('a metrics page', () => {
  test('is read with labels, help lines, time stamps and special values', () => {
    const page = parseMetrics(
      [
        '# HELP up 1 when up',
        '# TYPE up gauge',
        'up 1',
        '',
        'seen_total{peer="a",role="node"} 3 1700000000000',
        'seen_total{peer="b",role="node",} 4e2',
        'bound{le="+Inf"} +Inf',
        'none NaN',
      ].join('\r\n'),
    )
    expect(page.value('up')).toBe(1)
    expect(page.value('seen_total', { peer: 'b' })).toBe(400)
    expect(page.sum('seen_total')).toBe(403)
    expect(page.sum('seen_total', { role: 'station' })).toBe(0)
    expect(page.value('bound')).toBe(Infinity)
    expect(page.value('none')).toBeNaN()
    expect(() => page.value('absent')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    expect(() => page.value('seen_total')).toThrow(expect.objectContaining({ code: 'CONFLICT' }))
  })

  test('keeps whatever a label holds', () => {
    const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/\r/.test(text)),
        fc.double(),
        (label, value) => {
          const written = Number.isFinite(value) ? String(value) : 'NaN'
          const page = parseMetrics(`a{l="${escape(label)}",m="x"} ${written}`)
          expect(page.samples).toEqual([{ name: 'a', labels: { l: label, m: 'x' }, value: Number(written) }])
        },
      ),
    )
  })

  test.each(['1up 1', 'up', 'up one', 'up{a=1} 1', 'up{a="1} 1', '<html>'])('refuses %s', (line) => {
    expect(() => parseMetrics(line)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})
