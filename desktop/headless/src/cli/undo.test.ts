import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOf } from './notes-diff.ts'
import { undoOf } from './undo.ts'

const all = (): boolean => true
const isLabel = (field: string): boolean => field.startsWith('label/')

describe('taking back', () => {
  it('gives each field of the newest change the value that it had before', () => {
    const history = [
      { set: { 'label/b': 'new', 'label/a': null } },
      { set: { 'label/c': 'x' } },
      { set: { 'label/a': 'old' } },
      { set: { 'label/a': 'older' } },
    ]
    expect([...undoOf(history, all)]).toEqual([
      ['label/b', null],
      ['label/a', 'old'],
    ])
  })

  it('passes over changes of other fields', () => {
    const history = [{ set: { note: 'x' } }, { set: { 'label/a': '2', note: 'y' } }, { set: { 'label/a': '1' } }]
    expect([...undoOf(history, isLabel)]).toEqual([['label/a', '1']])
    expect(undoOf([{ set: { note: 'x' } }], isLabel).size).toBe(0)
  })

  it('brings back what was there when it is done twice', () => {
    const set = fc.dictionary(fc.constantFrom('label/a', 'label/b', 'note'), fc.constantFrom('x', 'y', null), {
      minKeys: 1,
    })
    fc.assert(
      fc.property(fc.array(set, { minLength: 1, maxLength: 6 }), (sets) => {
        const stateOf = (changes: ReadonlyArray<{ set: Record<string, unknown> }>): unknown =>
          Object.fromEntries(
            Object.entries(Object.assign({}, ...changes.toReversed().map((change) => change.set)) as object).filter(
              ([, value]) => value !== null,
            ),
          )
        const history = sets.map((one) => ({ set: one }))
        const once = [{ set: Object.fromEntries(undoOf(history, all)) }, ...history]
        const twice = [{ set: Object.fromEntries(undoOf(once, all)) }, ...once]
        expect(stateOf(once)).toEqual(stateOf(history.slice(1)))
        expect(stateOf(twice)).toEqual(stateOf(history))
      }),
    )
  })

  it('makes a change of a node of fields', () => {
    expect(
      changeOf(
        new Map([
          ['label/env', 'prod'],
          ['label/old', null],
          ['note', null],
          ['place.site', 'Mill'],
        ]),
      ),
    ).toEqual({
      labels: { env: 'prod', old: null },
      note: null,
      place: { site: 'Mill' },
    })
  })
})
