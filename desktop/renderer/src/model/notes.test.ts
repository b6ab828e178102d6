import type { NodeNotes, ObjectChange } from '@wrale/protocol/api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NotesChange } from '../backend/operator-ports.ts'
import { fieldName } from './field-name.ts'
import { changeText, fieldChange, fieldSteps, inverseOf, placeChange, valueText, withChange } from './notes.ts'
import { idOf, secondsAgo } from './testing/nodes.ts'

const before = { labels: { env: 'prod', old: '1' }, note: 'key under the mat', place: { zone: 'roof' } }

const text = fc.string({ minLength: 1, maxLength: 8 })
const change: fc.Arbitrary<NotesChange> = fc.record(
  {
    labels: fc.dictionary(fc.constantFrom('env', 'old', 'new'), fc.option(text)),
    note: fc.option(text),
    place: fc.record({ zone: fc.option(text), slot: fc.option(text) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

describe('a change', () => {
  test('leaves what it does not name, and null removes', () => {
    expect(withChange(before, { labels: { env: null, new: 'x' }, place: { zone: null, slot: '4' } })).toEqual({
      labels: { old: '1', new: 'x' },
      note: 'key under the mat',
      place: { slot: '4' },
    })
  })

  test('is undone by its inverse', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(withChange(withChange(before, one), inverseOf(one, before))).toEqual(before)
      }),
    )
  })

  test('of the cooling is kept, taken back and told', () => {
    const curve = [
      { celsius: 40, duty: 0 },
      { celsius: 60, duty: 1 },
    ]
    const cooled = withChange<Omit<NodeNotes, 'groups'>>(before, { thermal: { profile: 'cool', curve } })
    expect(cooled.thermal).toEqual({ profile: 'cool', curve })
    const back = inverseOf({ thermal: { profile: 'quiet', curve: null } }, cooled)
    expect(back).toEqual({ thermal: { profile: 'cool', curve } })
    expect(withChange(cooled, { thermal: { curve: null } }).thermal).toEqual({ profile: 'cool' })
    expect(inverseOf({ thermal: { curve } }, before)).toEqual({ thermal: { curve: null } })
    expect(changeText({ thermal: { profile: 'cool', curve: null } }, before)).toBe('Cooling set to cool.')
    expect(changeText({ thermal: { curve } }, before)).toBe('Fan curve saved.')
    expect(fieldChange('thermal.curve', curve)).toEqual({ thermal: { curve } })
    expect(fieldChange('thermal.curve', [{ celsius: 40, duty: 7 }])).toBeUndefined()
    expect(fieldChange('thermal.profile', 'cool')).toEqual({ thermal: { profile: 'cool' } })
    expect(fieldName('thermal.profile')).toBe('cooling profile')
    expect(valueText(curve)).toBe('40 °C 0 %, 60 °C 100 %')
  })

  test('is told in a few words', () => {
    expect(changeText({ labels: { env: null } }, before)).toBe('Label env removed.')
    expect(changeText({ labels: { env: 'test', new: '1' } }, before)).toBe(
      'Label env changed to test, Label new set to 1.',
    )
    expect(changeText({ note: null, place: { zone: 'yard' } }, before)).toBe('Place changed, Note removed.')
  })

  test('of a place holds only what was typed anew', () => {
    expect(placeChange({ zone: 'roof', slot: '4' }, { site: '', zone: 'roof', rack: ' R1 ', slot: '' })).toEqual({
      place: { rack: 'R1', slot: null },
    })
    expect(placeChange({ zone: 'roof' }, { site: '', zone: 'roof', rack: '', slot: '' })).toBeUndefined()
  })
})

describe('history', () => {
  const said = (seq: number, set: ObjectChange['set']): ObjectChange => ({
    author: { id: idOf(900), name: 'office' },
    seq,
    at: secondsAgo(100 - seq),
    set,
  })

  test('is taken apart into fields, each with what was said before it', () => {
    const steps = fieldSteps([
      said(3, { 'label/env': 'prod' }),
      said(2, { note: 'x' }),
      said(1, { 'label/env': 'test' }),
    ])
    expect(steps.map(({ field, value, before: was, isLatest }) => [field, was, value, isLatest])).toEqual([
      ['label/env', 'test', 'prod', true],
      ['note', undefined, 'x', true],
      ['label/env', undefined, 'test', false],
    ])
  })

  test('a word of it becomes a change that says it again', () => {
    expect(fieldChange('label/env', 'test')).toEqual({ labels: { env: 'test' } })
    expect(fieldChange('place.zone', null)).toEqual({ place: { zone: null } })
    expect(fieldChange('note', 'x')).toEqual({ note: 'x' })
    expect(fieldChange('mystery', 'x')).toBeUndefined()
    expect(fieldChange('note', 4)).toBeUndefined()
  })

  test('fields and values have words', () => {
    expect([fieldName('label/env'), fieldName('place.zone'), fieldName('note')]).toEqual(['label env', 'zone', 'note'])
    expect([valueText(null), valueText(''), valueText(['a', 1])]).toEqual(['nothing', 'empty', '["a",1]'])
  })
})
