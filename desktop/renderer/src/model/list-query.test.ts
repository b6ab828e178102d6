import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnIds } from './columns.ts'
import {
  defaultQuery,
  formatListQuery,
  type ListQuery,
  maxSelected,
  nodeKinds,
  parseListQuery,
  shortId,
} from './list-query.ts'
import { nodeStates } from './state.ts'
import { idOf } from './testing/nodes.ts'

const query: fc.Arbitrary<ListQuery> = fc.record({
  view: fc.constantFrom('table', 'cards'),
  search: fc.string({ maxLength: 60, unit: 'grapheme' }),
  states: fc.subarray([...nodeStates]),
  kinds: fc.subarray([...nodeKinds]),
  sort: fc.record({ column: fc.constantFrom(...columnIds), descending: fc.boolean() }),
  open: fc.option(fc.nat(99_999_999).map(idOf), { nil: undefined }),
  selected: fc.uniqueArray(
    fc.nat(99_999_999).map((index) => shortId(idOf(index))),
    { maxLength: 40 },
  ),
})

describe('the address of a list', () => {
  test('gives back what was put in', () => {
    fc.assert(
      fc.property(query, (value) => {
        expect(parseListQuery(formatListQuery(value))).toEqual(value)
      }),
    )
  })

  test('reads any text without failing, and settles after one turn', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const once = parseListQuery(text)
        expect(parseListQuery(formatListQuery(once))).toEqual(once)
      }),
    )
  })

  test('is empty for a plain list', () => {
    expect(formatListQuery(defaultQuery)).toBe('')
  })

  test('is short enough to be typed and told', () => {
    const asked = {
      ...defaultQuery,
      states: ['fail', 'warn'],
      sort: { column: 'temperature', descending: true },
    } as const
    expect(formatListQuery(asked)).toBe('state=fail.warn&sort=-temperature')
  })

  test('leaves out what it does not know', () => {
    expect(parseListQuery('?view=map&state=fail.broken&kind=cloud&sort=mood&sel=!!.11111111')).toEqual({
      ...defaultQuery,
      states: ['fail'],
      selected: ['11111111'],
    })
  })

  test('bounds the selection and the text', () => {
    const many = Array.from({ length: maxSelected + 5 }, (_, index) => shortId(idOf(index)))
    expect(parseListQuery(formatListQuery({ ...defaultQuery, selected: many })).selected).toHaveLength(maxSelected)
    expect(parseListQuery(`q=${'a'.repeat(5000)}`).search).toHaveLength(200)
  })
})
