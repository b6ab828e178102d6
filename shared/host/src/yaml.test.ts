import { FleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseYamlDocuments } from './yaml.ts'

const schema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('A'), size: z.number() }),
  z.strictObject({ kind: z.literal('B'), names: z.array(z.string()) }),
])
const parse = (text: string) => parseYamlDocuments(text, 'file.yaml', schema)

describe('a file of several documents', () => {
  it('is read with where each begins; empty documents are passed over', () => {
    expect(parse('# first\nkind: A\nsize: 1\n---\n---\n# nothing\n---\nkind: B\nnames: [x]\n')).toEqual([
      { value: { kind: 'A', size: 1 }, where: 'file.yaml:2' },
      { value: { kind: 'B', names: ['x'] }, where: 'file.yaml:8' },
    ])
    expect(parse('')).toEqual([])
  })

  it.each([
    ['kind: A\nsize: 1\n---\nkind: B\nnames: [x, 2]\n', 'file.yaml:5:12: names.1:'],
    ['kind: A\nsize: 1\nweight: 2\n', 'file.yaml:3:1: weight:'],
    ['kind: C\n', 'file.yaml:1:7: kind:'],
    ['kind: A\nkind: B\n', 'file.yaml:2:1:'],
    ['kind: A\nsize: 1\n---\n- x: &a 1\n- *a\n', 'file.yaml:5:3: aliases'],
    ['kind: A\nsize: [\n', 'file.yaml:'],
    ['just words', 'file.yaml:1:1:'],
    ['a: '.repeat(400_000), 'file.yaml: larger'],
  ])('says where %j is wrong', (text, where) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
    expect(() => parse(text)).toThrow(where)
  })

  it('never fails otherwise than with a code, whatever is in it', () => {
    const isGood = (text: string): boolean => {
      try {
        return Array.isArray(parse(text))
      } catch (error) {
        return error instanceof FleetError && error.code === 'INPUT_INVALID'
      }
    }
    expect(isGood('kind: A')).toBe(true)
    const line = fc.constantFrom(
      '---',
      'kind: A',
      'size: 1',
      '- x',
      '  - &a [*a',
      '...',
      '"',
      '%YAML 9',
      '\t',
      '? a',
      '!!binary x',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (lines) => isGood(lines.join('\n'))),
    )
  })
})
