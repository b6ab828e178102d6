import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { metricCatalogue, metricNames } from '@wrale/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Board, BoardSample } from '../../hardware/board.ts'
import { type Observation, Telemetry } from './telemetry.ts'
import { validateReadings } from './validate.ts'

function boardGiving(next: () => BoardSample | Promise<BoardSample>): Pick<Board, 'sample'> {
  return { sample: async () => next() }
}

function makeTelemetry(next: () => BoardSample | Promise<BoardSample>, keep?: number) {
  const clock = new VirtualClock()
  const telemetry = new Telemetry(
    { board: boardGiving(next), clock, logger: silentLogger },
    { sampleIntervalMs: 1000, ...(keep === undefined ? {} : { keep }) },
  )
  const seen: Observation[] = []
  telemetry.sampled.subscribe((observation) => seen.push(observation))
  return { clock, telemetry, seen }
}

describe('validateReadings', () => {
  it('passes or refuses every reading, each for itself', () => {
    const anything = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1e9, 1e300))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...metricNames), anything), (raw) => {
        const { readings, refused } = validateReadings(raw)
        for (const metric of metricNames) {
          const value = raw[metric]
          const { min, max } = metricCatalogue[metric]
          const good = value !== undefined && value >= min && value <= max
          expect(readings[metric]).toBe(good ? value : undefined)
          expect(refused.some((entry) => entry.metric === metric)).toBe(value !== undefined && !good)
        }
      }),
    )
  })
})

describe('Telemetry', () => {
  it('has an observation when it has started, then one every interval until it is stopped', async () => {
    const { clock, telemetry, seen } = makeTelemetry(() => ({ readings: { load1: 1 }, alarms: {} }))
    await telemetry.start()
    await telemetry.start()
    expect(seen).toHaveLength(1)
    await clock.advance(3000)
    expect(seen).toHaveLength(4)
    await telemetry.stop()
    await telemetry.stop()
    await clock.advance(3000)
    expect(seen).toHaveLength(4)
  })

  it('keeps the last observations only', async () => {
    let value = 0
    const { clock, telemetry } = makeTelemetry(() => ({ readings: { load1: value++ }, alarms: {} }), 3)
    await telemetry.start()
    await clock.advance(9000)
    expect(telemetry.recent.map(({ readings }) => readings.load1)).toEqual([7, 8, 9])
    expect(telemetry.latest?.readings.load1).toBe(9)
    await telemetry.stop()
  })

  it('refuses nonsense by reading and counts it', async () => {
    const { clock, telemetry } = makeTelemetry(() => ({
      readings: { load1: 1, temperatureCelsius: -274, fanRpm: NaN },
      alarms: {},
    }))
    await telemetry.start()
    await clock.advance(1000)
    expect(telemetry.latest).toMatchObject({
      readings: { load1: 1 },
      refused: [
        { metric: 'temperatureCelsius', value: '-274' },
        { metric: 'fanRpm', value: 'NaN' },
      ],
    })
    expect(telemetry.refusedCounts.get('fanRpm')).toBe(2)
    await telemetry.stop()
  })

  it('goes on when the board fails', async () => {
    let calls = 0
    const { clock, telemetry, seen } = makeTelemetry(() => {
      if (calls++ < 2) throw new Error('bus error')
      return { readings: {}, alarms: {} }
    })
    await telemetry.start()
    await clock.advance(2000)
    expect(calls).toBe(3)
    expect(seen).toHaveLength(1)
    await telemetry.stop()
  })
})
