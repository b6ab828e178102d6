import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demandsOf, type WriteMode } from '../base/action.ts'
import type { Decision } from '../base/decision.ts'
import type { CauseUnit, Reading } from '../base/reading.ts'
import { dewPointCelsius } from './dew-point.ts'
import { environmentAtStart, type EnvironmentInputs, stepEnvironment } from './environment.ts'
import { environmentSettingsSchema, storageSettingsSchema } from './settings.ts'
import { stepStorage, storageAtStart, type StorageInputs } from './storage.ts'

const environment = environmentSettingsSchema.parse({})
const storage = storageSettingsSchema.parse({})
const reading = (name: string, value: number, unit: CauseUnit, atMs: number): Reading => ({ name, value, unit, atMs })

/** Every twenty seconds. */
function air(series: ReadonlyArray<{ celsius?: number; humidity?: number; surface?: number }>) {
  let state = environmentAtStart
  const decisions: Decision[] = []
  let duty = 0
  for (const [index, { celsius, humidity, surface }] of series.entries()) {
    const atMs = index * 20_000
    const inputs: EnvironmentInputs = {
      ...(celsius === undefined ? {} : { ambientCelsius: reading('air', celsius, 'celsius', atMs) }),
      ...(humidity === undefined ? {} : { humidityRatio: reading('humidity', humidity, 'ratio', atMs) }),
      ...(surface === undefined ? {} : { surfaceCelsius: reading('case', surface, 'celsius', atMs) }),
    }
    const stepped = stepEnvironment(state, inputs, environment, atMs)
    state = stepped.state
    decisions.push(...stepped.decisions)
    duty = demandsOf(stepped.actions).fanDuty
  }
  return { state, decisions, duty, path: decisions.map(({ code }) => code) }
}

describe('dewPointCelsius', () => {
  it.each([
    [20, 0.5, 9.3],
    [30, 0.8, 26.2],
    [25, 1, 25],
    [0, 0.6, -6.8],
  ])('at %d °C and %d it is %d °C', (celsius, humidity, expected) => {
    expect(dewPointCelsius(celsius, humidity)).toBeCloseTo(expected, 0)
  })

  it('is never above the temperature of the air', () => {
    const celsius = fc.double({ min: -40, max: 60, noNaN: true })
    fc.assert(
      fc.property(celsius, fc.double({ min: 0.001, max: 1, noNaN: true }), (at, humidity) => {
        expect(dewPointCelsius(at, humidity)).toBeLessThanOrEqual(at + 1e-9)
      }),
    )
  })
})

describe('the environment', () => {
  it('says nothing where nothing is measured', () => {
    expect(air([{}, {}, {}]).decisions).toEqual([])
  })

  it('asks for more air when it is hot around the machine', () => {
    const hot = air([
      { celsius: 30 },
      { celsius: 30 },
      { celsius: 46 },
      { celsius: 46 },
      { celsius: 43 },
      { celsius: 43 },
    ])
    expect(hot.path).toEqual(['ambient-normal', 'ambient-hot'])
    expect(hot.duty).toBe(environment.hotFanDuty)
  })

  it('warns of condensation on a cold surface', () => {
    const wet = { celsius: 25, humidity: 0.7, surface: 19.5 }
    const { decisions, state } = air([wet, wet, wet])
    expect(state.dewPointCelsius).toBeCloseTo(19.1, 1)
    expect(decisions.at(-1)).toMatchObject({ code: 'moisture-condensation' })
    expect(decisions.at(-1)!.causes).toContainEqual(expect.objectContaining({ name: 'dewPoint', unit: 'celsius' }))
  })

  it('says that a sensor which was there says nothing any more', () => {
    expect(air([{ celsius: 20 }, { celsius: 20 }, {}, {}]).path).toEqual(['ambient-normal', 'ambient-unknown'])
  })

  it('does not flap within its bands', () => {
    const within = fc.record({
      celsius: fc.double({ min: 42.1, max: 44.9, noNaN: true }),
      humidity: fc.double({ min: 0.801, max: 0.849, noNaN: true }),
      surface: fc.constant(60),
    })
    fc.assert(
      fc.property(fc.array(within, { maxLength: 100 }), (series) => {
        expect(air(series).decisions.length).toBeLessThanOrEqual(2)
      }),
    )
  })
})

/** Every minute. */
function disk(series: readonly StorageInputs[], from = storageAtStart) {
  let state = from
  const decisions: Decision[] = []
  let mode: WriteMode = 'usual'
  for (const inputs of series) {
    const nowMs = state.pace.lastMs + 60_000
    const stepped = stepStorage(state, inputs, storage, nowMs)
    state = stepped.state
    decisions.push(...stepped.decisions)
    mode = demandsOf(stepped.actions).writes
  }
  return { state, mode, path: decisions.map(({ code }) => code), decisions }
}

function used(ratio: number, minute: number): StorageInputs {
  const atMs = minute * 60_000
  return {
    usedBytes: reading('disk', ratio * 1e9, 'bytes', atMs),
    totalBytes: reading('diskTotal', 1e9, 'bytes', atMs),
  }
}

describe('the storage', () => {
  it('stops writing at once when it becomes read-only, and goes on when that has been over for a while', () => {
    const failed = disk([{ readOnly: false }, { readOnly: true }])
    expect(failed.mode).toBe('none')
    expect(disk([{ readOnly: false }], failed.state).mode).toBe('none')
    expect(disk([{}, {}], failed.state).mode).toBe('none')
    const mended = disk([{ readOnly: false }, { readOnly: false }], failed.state)
    expect(mended.mode).toBe('usual')
    expect(mended.path).toEqual(['storage-writable'])
  })

  it('writes less as the space goes', () => {
    const series = [0.5, 0.91, 0.98, 0.96, 0.88, 0.8].map((ratio, index) => used(ratio, index + 1))
    expect(series.map((_, index) => disk(series.slice(0, index + 1)).mode)).toEqual([
      'usual',
      'sparing',
      'essential',
      'essential',
      'sparing',
      'usual',
    ])
  })

  it('caps what is written in a day, and lets go when the day has passed', () => {
    const day = storage.bytesPerDay
    const counters = [0, day * 0.5, day * 0.85, day * 1.01]
    const capped = disk(counters.map((writtenBytes) => ({ writtenBytes })))
    expect(capped.path.filter((code) => code.startsWith('storage-wear'))).toEqual([
      'storage-wear-sparing',
      'storage-wear-capped',
    ])
    expect(capped.mode).toBe('essential')
    const later = Array.from({ length: 25 * 60 }, () => ({ writtenBytes: day * 1.01 }))
    expect(disk(later, capped.state).mode).toBe('usual')
  })

  it('counts on when the counter begins anew', () => {
    const { state } = disk([0, 1000, 200, 300].map((writtenBytes) => ({ writtenBytes })))
    expect(state.written.hours.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(1300)
  })

  it('does not flap within its bands', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.871, max: 0.899, noNaN: true }), { maxLength: 80 }), (series) => {
        expect(disk(series.map((ratio, index) => used(ratio, index + 1))).path.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})
