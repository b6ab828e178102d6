import { metricNames } from '@wrale/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisBounds, chartSpecs, chartsWithData, latestText, sparkBounds } from './charts.ts'
import { historyOf } from './series.ts'

const temperature = chartSpecs[0]!

describe('charts', () => {
  test('every metric but totals and uptime is drawn somewhere', () => {
    const drawn = metricNames.filter((name) => {
      const history = new Map(
        [...metricNames.filter((other) => other.endsWith('TotalBytes')), name].map((metric) => [
          metric,
          [[0, 1]] as [number, number][],
        ]),
      )
      return chartsWithData(history).length > 0
    })
    const totals = metricNames.filter((name) => name.endsWith('TotalBytes') || name === 'uptimeSeconds')
    expect(new Set([...drawn, ...totals])).toEqual(new Set(metricNames))
  })

  test('a part that a board has not gets no frame', () => {
    const answer = {
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T01:00:00.000Z',
      stepSeconds: 10,
      series: [{ metric: 'cpuBusyRatio' as const, unit: 'ratio', points: [[0, 0.5]] as [number, number][] }],
    }
    expect(chartsWithData(historyOf(answer)).map(({ id }) => id)).toEqual(['cpu'])
  })

  test('the axis always holds the data, and is never narrower than its span', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...chartSpecs),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (spec, a, b) => {
          const low = Math.min(a, b)
          const high = Math.max(a, b)
          for (const bounds of [axisBounds, sparkBounds]) {
            const [min, max] = bounds(spec, low, high)
            expect(min).toBeLessThanOrEqual(low)
            expect(max).toBeGreaterThanOrEqual(high)
            expect(max).toBeGreaterThan(min)
          }
        },
      ),
    )
  })

  test('a limit is in the picture when the data come near it, and not before', () => {
    expect(axisBounds(temperature, 60, 65)[1]).toBeGreaterThan(80)
    expect(axisBounds(temperature, 30, 35)[1]).toBeLessThan(60)
  })

  test('the latest value reads as everywhere else', () => {
    expect(latestText(temperature, { temperatureCelsius: 71.42 })).toBe('71.4\u202f°C')
    expect(latestText(temperature, {})).toBe('–')
  })
})
