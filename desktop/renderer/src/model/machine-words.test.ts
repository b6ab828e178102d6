import { expect, it } from 'vitest'
import { headerRows } from './header-pins.ts'
import {
  fromShown,
  quantityTitle,
  sensorState,
  settingReach,
  settingWords,
  toShown,
  verdictText,
  words,
} from './machine-words.ts'

it('has the header as it is on the board', () => {
  expect(headerRows).toHaveLength(20)
  const pins = headerRows.flat()
  expect(pins.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  const lines = pins.filter(({ kind }) => kind === 'line').map(({ text }) => text)
  expect(new Set(lines).size).toBe(28)
  expect(pins.filter(({ kind }) => kind === 'ground').map(({ position }) => position)).toEqual([
    6, 9, 14, 20, 25, 30, 34, 39,
  ])
  expect(pins[10]).toEqual({ position: 11, kind: 'line', text: 'GPIO 17' })
})

it('says what a sensor measures, and never a value that is not believed', () => {
  expect(verdictText('celsius', { status: 'ok', value: 21.456 })).toBe('21.46 °C')
  expect(verdictText('ratio', { status: 'ok', value: 0.456 })).toBe('46 %')
  expect(verdictText('volts', { status: 'bad', reason: 'out-of-range', value: 99 })).toBe('not believed: out of range')
  expect(verdictText('volts', { status: 'absent', reason: 'noAnswer' })).toBe('absent: no answer')
  expect([quantityTitle('busVolts'), quantityTitle('temperatureCelsius'), words('i2c-hang')]).toEqual([
    'Bus',
    'Temperature',
    'I2C hang',
  ])
})

it('takes the worst of a sensor for the whole', () => {
  const sensor = (...statuses: ('ok' | 'bad')[]) => ({
    name: 's',
    chip: 'c',
    bus: 'i2c-1',
    address: 64,
    readings: Object.fromEntries(
      statuses.map((status, index) => [
        String(index),
        { unit: 'volts', verdict: status === 'ok' ? { status, value: 1 } : { status, reason: 'stuck' } },
      ]),
    ),
  })
  expect([sensorState(sensor()), sensorState(sensor('ok')), sensorState(sensor('ok', 'bad'))]).toEqual([
    'unknown',
    'ok',
    'fail',
  ])
})

it('shows settings in the unit that is read, and takes them back from it', () => {
  for (const name of Object.keys(settingWords)) {
    const { min, max } = settingReach(name)
    for (const shown of [min, max]) expect(toShown(name, fromShown(name, shown))).toBe(shown)
  }
})
