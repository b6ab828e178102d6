import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderExposition } from './exposition.ts'

describe('renderExposition', () => {
  it('writes help, type and samples of each family', () => {
    const text = renderExposition([
      { name: 'a_celsius', help: 'Heat.', type: 'gauge', samples: [{ value: 48.5 }] },
      {
        name: 'b_total',
        help: 'Things.',
        type: 'counter',
        samples: [
          { labels: { kind: 'x', side: 'y' }, value: 3 },
          { labels: { kind: 'z' }, value: 0 },
        ],
      },
    ])
    expect(text).toBe(
      '# HELP a_celsius Heat.\n# TYPE a_celsius gauge\na_celsius 48.5\n' +
        '# HELP b_total Things.\n# TYPE b_total counter\nb_total{kind="x",side="y"} 3\nb_total{kind="z"} 0\n',
    )
  })

  it('leaves out a family of which nothing is known', () => {
    expect(renderExposition([{ name: 'a', help: 'A.', type: 'gauge', samples: [] }])).toBe('')
  })

  it('writes numbers as Prometheus reads them', () => {
    const samples = [NaN, Infinity, -Infinity, 1e21, 0.1, -0].map((value) => ({ value }))
    const values = renderExposition([{ name: 'a', help: 'A.', type: 'gauge', samples }])
      .split('\n')
      .slice(2, -1)
    expect(values).toEqual(['a NaN', 'a +Inf', 'a -Inf', 'a 1e+21', 'a 0.1', 'a 0'])
  })

  it('lets no label or help text break out of its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (label, help) => {
        const text = renderExposition([
          { name: 'a', help, type: 'gauge', samples: [{ labels: { l: label }, value: 1 }] },
        ])
        const lines = text.split('\n')
        expect(lines).toHaveLength(4)
        const quoted = /^a\{l="(.*)"\} 1$/s.exec(lines[2]!)?.[1]
        const read = quoted!.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character))
        expect(read).toBe(label)
      }),
    )
  })
})
