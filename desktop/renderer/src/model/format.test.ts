import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ago, counted, duration, formatMetric, formatMs, formatQuantity, quantity, roughly } from './format.ts'

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('quantities', () => {
  test.each([
    ['temperatureCelsius', 71.42, '71.4 °C'],
    ['temperatureCelsius', -4, '−4.0 °C'],
    ['cpuBusyRatio', 0.427, '43 %'],
    ['memoryUsedBytes', 3.44e9, '3.4 GB'],
    ['memoryUsedBytes', 999, '999 B'],
    ['networkReceiveBytesPerSecond', 1234, '1.2 kB/s'],
    ['networkReceiveBytesPerSecond', 123_400, '123 kB/s'],
    ['supplyVolts', 5.078, '5.08 V'],
    ['powerWatts', 3.256, '3.26 W'],
    ['fanRpm', 3200, '3,200 rpm'],
    ['uptimeSeconds', 276_000, '3 d 4 h'],
    ['load1', 0.4, '0.40'],
  ] as const)('%s %d reads %s', (name, value, text) => {
    expect(plain(formatMetric(name, value))).toBe(text)
  })

  test('absent is a dash, never zero', () => {
    expect(formatMetric('temperatureCelsius', undefined)).toBe('–')
    expect(formatMs(undefined)).toBe('–')
  })

  test('a byte count never takes more than three digits before the point', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e17, noNaN: true }), (value) => {
        expect(formatQuantity(quantity('bytes', value))).toMatch(/^\d{1,3}(\.\d)?\u202f[kMGTP]?B$/)
      }),
    )
  })

  test.each([
    [0.84, '0.8 ms'],
    [12.4, '12 ms'],
    [1500, '1.5 s'],
  ])('%d ms reads %s', (value, text) => {
    expect(plain(formatMs(value))).toBe(text)
  })
})

describe('time spans', () => {
  test.each([
    [900, '0 s', 'just now'],
    [12_000, '12 s', '12 s ago'],
    [250_000, '4 min', '4 min ago'],
    [3_900_000, '1 h 5 min', '1 h ago'],
    [273_600_000, '3 d 4 h', '3 d ago'],
  ])('%d ms', (ms, long, past) => {
    expect(plain(duration(ms))).toBe(long)
    expect(plain(ago(ms))).toBe(past)
  })

  test('a time in the future reads as now', () => {
    expect(ago(-60_000)).toBe('just now')
    expect(plain(duration(-60_000))).toBe('0 s')
    expect(plain(roughly(-1))).toBe('0 s')
  })
})

test('counts agree in number', () => {
  expect(counted(1, 'node')).toBe('1 node')
  expect(counted(1200, 'node')).toBe('1,200 nodes')
})
