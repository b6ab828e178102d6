import { describe, expect, it } from 'vitest'
import { parseCurve, parseSetting, parseWish } from './wishes.ts'

const usage = expect.objectContaining({ code: 'USAGE' })

describe('what overrides set', () => {
  it.each([
    ['fan', '50%', { kind: 'fan', duty: 0.5 }],
    ['fan', '0.5', { kind: 'fan', duty: 0.5 }],
    ['cpu-limit', '80%', { kind: 'cpu-limit', ratio: 0.8 }],
    ['services', '40', { kind: 'services', keepFrom: 40 }],
    ['writes', 'essential', { kind: 'writes', mode: 'essential' }],
    ['alarm', 'off', { kind: 'alarm', on: false }],
    ['stay-on', undefined, { kind: 'stay-on' }],
  ] as const)('%s %s', (kind, value, wish) => {
    expect(parseWish(kind, value)).toEqual(wish)
  })

  it.each([
    ['fan', undefined],
    ['fan', '150%'],
    ['fan', 'fast'],
    ['fan', ''],
    ['cpu-limit', '0'],
    ['services', '4.5'],
    ['writes', 'never'],
    ['alarm', 'loud'],
    ['stay-on', 'please'],
  ] as const)('%s %s is no such thing', (kind, value) => {
    expect(() => parseWish(kind, value)).toThrow(usage)
  })
})

it('a curve rises, and says which point does not', () => {
  expect(parseCurve('45:0,50:30%,70:1')).toEqual([
    { celsius: 45, duty: 0 },
    { celsius: 50, duty: 0.3 },
    { celsius: 70, duty: 1 },
  ])
  expect(() => parseCurve('45:0,50:50%,70:30%')).toThrow(/point 3: must not be below/)
  for (const text of ['', '45', '45:0', '45:0:1,50:1', '45:0,45:1', 'x:0,50:1', '45:0,50:101%'])
    expect(() => parseCurve(text), text).toThrow(usage)
})

it('a setting is a number, or given back', () => {
  expect(parseSetting(['ambientCelsius', '-3.5'])).toEqual({ setting: 'ambientCelsius', value: -3.5 })
  expect(parseSetting(['loadRatio', 'auto'])).toEqual({ setting: 'loadRatio', value: null })
  for (const words of [[], ['x'], ['x', 'y'], ['x', '1', '2']])
    expect(() => parseSetting(words), String(words)).toThrow(usage)
})
