import { expect, test } from 'vitest'
import { clockOffsetMs } from './clock.ts'

const now = Date.UTC(2030, 0, 1)

test.each([
  ['an instant in milliseconds', { at: 0 }, -now],
  ['a Date', { at: new Date(now + 5) }, 5],
  ['ISO 8601', { at: '2030-01-01T00:00:01Z' }, 1000],
  ['an offset', { offsetMs: -1.4 }, -1],
])('a clock is set by %s', (_, setting, offset) => {
  expect(clockOffsetMs(setting, now)).toBe(offset)
})

test.each([{ at: 'yesterday' }, { at: Number.NaN }, { offsetMs: Infinity }])('%o is no time', (setting) => {
  expect(() => clockOffsetMs(setting, now)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error)
})
