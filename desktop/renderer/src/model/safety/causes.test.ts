import { describe, expect, test } from 'vitest'
import { decisionOf } from '../testing/safety.ts'
import { causeText, valueText } from './causes.ts'

describe('a cause', () => {
  test('is a reading against its limit, with its age', () => {
    const [cause] = decisionOf().causes
    expect(cause && causeText(cause)).toEqual({
      name: 'cpu-thermal',
      value: '78.2\u202f°C',
      limit: '77.0\u202f°C',
      age: '320\u202fms',
    })
  })

  test('that programs name is in words', () => {
    expect(causeText({ name: 'caseOpen', value: true, unit: 'state' })).toEqual({
      name: 'Case open',
      value: 'yes',
      limit: undefined,
      age: undefined,
    })
  })

  test.each([
    [null, 'celsius', 'no reading'],
    ['battery', 'state', 'battery'],
    [0.24, 'ratio', '24\u202f%'],
    [48 * 60_000, 'milliseconds', '48\u00a0min'],
    [3e9, 'bytesPerDay', '3.0\u202fGB a day'],
    [0.5, 'ratioPerHour', '50\u202f% an hour'],
    [12_040.4, 'count', '12,040'],
    [8211 * 3600, 'seconds', '342\u00a0d 3\u00a0h'],
    [7, 'furlongs', '7 furlongs'],
  ])('%j in %s is "%s"', (value, unit, text) => {
    expect(valueText(value, unit)).toBe(text)
  })
})
