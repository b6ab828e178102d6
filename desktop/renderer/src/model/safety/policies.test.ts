import { describe, expect, test } from 'vitest'
import { decisionOf, safetyOf } from '../testing/safety.ts'
import { laddersOf, listed, policyLevel, policyTitle, safetySentence, sentence, stateWord } from './policies.ts'

const standing = (name: string, state: string) =>
  laddersOf({ name, state }).map(({ rungs, current, instead }) =>
    current === undefined ? { instead } : rungs[current]?.word,
  )

describe('a policy as ladders', () => {
  test('stands on the step that it says', () => {
    expect(standing('thermal', 'throttle')).toEqual(['Slowed'])
    expect(standing('power', 'on-battery')).toEqual(['On battery'])
    expect(standing('tamper', 'locked')).toEqual(['Locked'])
    expect(standing('environment', 'hot, condensation')).toEqual(['Hot', 'Condensation'])
    expect(standing('storage', 'low, capped')).toEqual(['Low', 'Capped'])
  })

  test('stands on none when nothing is known, and says what is', () => {
    expect(standing('thermal', 'blind')).toEqual([
      { instead: 'No temperature can be trusted: the fan runs at its safe speed' },
    ])
    expect(standing('environment', 'unknown, dry')).toEqual([{ instead: 'Not measured' }, 'Dry'])
    expect(standing('storage', 'read-only')).toEqual([{ instead: 'Read-only: nothing is written to it' }])
  })

  test('of a policy that this page does not know has none, and keeps its name', () => {
    expect(laddersOf({ name: 'floods', state: 'wet' })).toEqual([])
    expect(policyTitle('floods')).toBe('floods')
    expect(policyLevel({ name: 'floods', state: 'wet' })).toBe('unknown')
  })

  test.each([
    ['thermal', 'normal', 'ok'],
    ['thermal', 'throttle', 'warn'],
    ['thermal', 'shutdown', 'fail'],
    ['thermal', 'blind', 'fail'],
    ['power', 'critical', 'fail'],
    ['environment', 'unknown, dry', 'ok'],
    ['environment', 'unknown, unknown', 'unknown'],
    ['storage', 'enough, capped', 'fail'],
    ['storage', 'read-only', 'fail'],
  ])('%s in the state %s is %s', (name, state, level) => {
    expect(policyLevel({ name, state })).toBe(level)
  })
})

describe('the first sentence', () => {
  test('is quiet when all is well', () => {
    expect(safetySentence(safetyOf())).toBe('Nothing is held back.')
  })

  test('gives the reason of the worst policy and names the others, tampering last', () => {
    const view = safetyOf({
      policies: [
        { name: 'power', state: 'on-battery', why: decisionOf({ policy: 'power', reason: 'Mains is lost' }) },
        { name: 'tamper', state: 'alarm', why: decisionOf({ policy: 'tamper', reason: 'The case is open: alarm' }) },
        { name: 'thermal', state: 'fan', why: null },
      ],
    })
    expect(safetySentence(view)).toBe('Mains is lost. Look at heat and tamper too.')
  })

  test('does without a reason that the node no longer has', () => {
    const view = safetyOf({ policies: [{ name: 'power', state: 'low', why: null }] })
    expect(safetySentence(view)).toBe('Power: low.')
  })

  test('puts a shutdown before everything, then devices that do not obey', () => {
    const { demands } = safetyOf()
    const powerDown = { code: 'power-critical', reason: 'The battery is nearly empty', final: true }
    expect(safetySentence(safetyOf({ demands: { ...demands, powerDown }, failing: ['fan'] }))).toBe(
      'The battery is nearly empty.',
    )
    expect(safetySentence(safetyOf({ failing: ['fan'] }))).toBe('The fan does not take what it is told.')
    expect(safetySentence(safetyOf({ failing: ['fan', 'cpu'] }))).toBe(
      'The fan and cpu do not take what they are told.',
    )
  })

  test('does not hide overrides', () => {
    const override = { what: { kind: 'fan' as const, duty: 0.2 }, who: 'desk', why: 'noise', endsInMs: 1000 }
    expect(safetySentence(safetyOf({ overrides: [override] }))).toContain('one override stands in place')
  })
})

test('states are in the words of their ladder', () => {
  expect(stateWord('thermal', 'stopSome')).toBe('fewer services')
  expect(stateWord('environment', 'humid')).toBe('humid')
  expect(stateWord('interlock', 'fan')).toBe('fan')
})

test('words are listed and sentences ended', () => {
  expect(listed([])).toBe('')
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c')
  expect(sentence('too hot')).toBe('Too hot.')
  expect(sentence('Why?')).toBe('Why?')
})
