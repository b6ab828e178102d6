import { describe, expect, it } from 'vitest'
import { formatAge, formatBytes, formatDuration, formatReading } from './format.ts'

describe('readings for people', () => {
  it.each([
    ['temperatureCelsius', 71.44, '71.4 °C'],
    ['cpuBusyRatio', 0.286, '29 %'],
    ['networkReceiveBytesPerSecond', 1234, '1.2 kB/s'],
    ['supplyVolts', 5.09, '5.09 V'],
    ['fanRpm', 2700.4, '2700 rpm'],
    ['load1', 1.5, '1.50'],
    ['uptimeSeconds', 90_061, '1 d 1 h'],
  ] as const)('shows %s %d as %s', (metric, value, text) => {
    expect(formatReading(metric, value)).toBe(text)
  })

  it('shows what a board cannot measure as absent, not as zero', () => {
    expect(formatReading('fanRpm', undefined)).toBe('-')
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [123_456, '123 kB'],
    [2 ** 60, '1153 PB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    [-5, '0 s'],
    [400, '0 s'],
    [59_600, '1 min'],
    [250_000, '4 min 10 s'],
    [7_200_000, '2 h'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('shows a time that never was as never', () => {
    expect(formatAge(null, 0)).toBe('never')
    expect(formatAge(new Date(0).toISOString(), 61_000)).toBe('1 min 1 s ago')
  })
})
