import { expect, it } from 'vitest'
import { quantityWords, shownUnit } from './quantities.ts'

it.each([
  ['busVolts', 'bus'],
  ['chargeRatio', 'charge'],
  ['chargeRatioPerHour', 'charge per hour'],
  ['celsius', 'celsius'],
  ['humidityRatio', 'humidity'],
  ['lines', 'lines'],
])('a quantity called %s is said as “%s”', (name, words) => {
  expect(quantityWords(name)).toBe(words)
})

it('units are shown as people read them, and unknown ones by their name', () => {
  expect(shownUnit('pascals')).toEqual({ factor: 0.01, sign: 'hPa' })
  expect(shownUnit('ratio')).toEqual({ factor: 100, sign: '%' })
  expect(shownUnit('lux')).toEqual({ factor: 1, sign: 'lux' })
})
