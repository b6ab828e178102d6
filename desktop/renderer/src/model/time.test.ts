import { expect, test } from 'vitest'
import { absoluteTime, axisTime, clockTime } from './time.ts'

const atMs = Date.parse('2026-11-23T23:34:39.000Z')

test('an absolute time names its zone', () => {
  expect(absoluteTime(atMs, { utc: true })).toBe('23 Nov 2026, 23:34:39 UTC')
  expect(absoluteTime(atMs, { utc: false, zone: 'Europe/Oslo' })).toBe('24 Nov 2026, 00:34:39 CET')
})

test('midnight is 00, not 24', () => {
  expect(clockTime(Date.parse('2026-11-23T00:00:05Z'), { utc: true })).toBe('00:00:05')
})

test('an axis names the day only when it must', () => {
  expect(axisTime(atMs, { utc: true }, false)).toBe('23:34')
  expect(axisTime(atMs, { utc: true }, true)).toBe('23 Nov, 23:34')
})
