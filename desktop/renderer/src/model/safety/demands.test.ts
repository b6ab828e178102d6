import { wishSchema } from '@wrale/protocol/node'
import { describe, expect, test } from 'vitest'
import { safetyOf } from '../testing/safety.ts'
import {
  demandRows,
  kinds,
  overrideConsequences,
  overrideSpans,
  parsePriority,
  presentWish,
  refusalText,
} from './demands.ts'

const { demands } = safetyOf()
const hot = { ...demands, fanDuty: 1, cpuRatio: 0.5, keepFrom: 40 }

describe('what is in effect', () => {
  test('is told in words, and marked where it is not as usual', () => {
    expect(demandRows(safetyOf({ demands: hot })).map(({ kind, now, held }) => [kind, now, held])).toEqual([
      ['fan', '100\u202f%', false],
      ['cpu-limit', 'up to 50\u202f%', true],
      ['services', 'only from priority 40', true],
      ['writes', 'as usual', false],
      ['alarm', 'off', false],
      ['stay-on', 'stays on', false],
    ])
  })

  test('names the override of each kind', () => {
    const override = { what: { kind: 'fan' as const, duty: 0.2 }, who: 'desk', why: 'noise', endsInMs: 1000 }
    const rows = demandRows(safetyOf({ overrides: [override] }))
    expect(rows.filter((row) => row.override !== undefined)).toEqual([
      expect.objectContaining({ kind: 'fan', override }),
    ])
  })
})

describe('an override', () => {
  test.each(kinds)('of %s begins with what can be asked for', (kind) => {
    expect(wishSchema.parse(presentWish(kind, hot))).toEqual(presentWish(kind, hot))
  })

  test('says what it does in numbers, when it ends, and what it cannot do', () => {
    const lines = overrideConsequences({ kind: 'fan', duty: 0.2 }, hot, '15 min')
    expect(lines[0]).toBe('The fan runs at 20\u202f%, whatever the temperature is; now it is 100\u202f%.')
    expect(lines).toContain('It ends by itself after 15 min, or when somebody ends it.')
    expect(lines.join(' ')).toMatch(/gets warmer.*shuts down all the same/)
  })

  test('that changes nothing yet says that it stays', () => {
    expect(overrideConsequences({ kind: 'fan', duty: 0.41 }, demands, '5 min')[0]).toMatch(/^The fan stays at 41/)
    expect(overrideConsequences({ kind: 'cpu-limit', ratio: 0.5 }, hot, '5 min')[0]).toMatch(
      /^The processor stays at up to 50/,
    )
  })

  test('that cools more does not warn of heat', () => {
    expect(overrideConsequences({ kind: 'fan', duty: 1 }, demands, '5 min').join(' ')).not.toMatch(/warmer/)
  })

  test('of what it cannot change says so', () => {
    expect(overrideConsequences({ kind: 'services', keepFrom: 0 }, { ...hot, locked: true }, '5 min')).toContain(
      'While the machine is locked down it changes nothing.',
    )
    expect(
      overrideConsequences({ kind: 'writes', mode: 'usual' }, { ...hot, writes: 'none' }, '5 min').join(' '),
    ).toMatch(/read-only stays so/)
  })

  test('lasts no longer than the node allows', () => {
    expect(overrideSpans(3600).map(({ seconds }) => seconds)).toEqual([300, 900, 1800, 3600])
    expect(overrideSpans(90)).toEqual([{ seconds: 90, label: '90 s' }])
  })

  test('takes whole priorities from 0 to 100', () => {
    expect([' 40 ', '0', '100'].map(parsePriority)).toEqual([40, 0, 100])
    expect(['', '101', '-1', '4.5', 'x'].map(parsePriority)).toEqual(Array.from({ length: 5 }))
  })

  test('that was refused keeps the reason alone', () => {
    expect(refusalText('The override was refused: it may last 60 min at most')).toBe('It may last 60 min at most.')
    expect(refusalText('no link')).toBe('No link.')
  })
})
