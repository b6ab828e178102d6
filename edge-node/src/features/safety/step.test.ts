import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeModes } from './base/action.ts'
import type { Reading } from './base/reading.ts'
import { powerStateNames } from './power/power.ts'
import { parseSafetySettings } from './settings.ts'
import { safetyAtStart, type SafetyInputs, stepSafety } from './step.ts'
import { tamperStages } from './tamper/tamper.ts'

const settings = parseSafetySettings({ tamper: { level: 'lock' } })
const weird = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 1e300, -0, -1),
  fc.double({ min: 0, max: 100, noNaN: true }),
)
const anyReading: fc.Arbitrary<Reading | undefined> = fc.option(
  fc.record({
    name: fc.string({ maxLength: 8 }),
    value: fc.option(weird, { nil: undefined }),
    unit: fc.constantFrom('celsius' as const, 'volts' as const),
    atMs: weird,
  }),
  { nil: undefined },
)
const flag = fc.option(fc.boolean(), { nil: undefined })
const anyInputs: fc.Arbitrary<SafetyInputs> = fc.record({
  thermal: fc.record({
    sensors: fc.array(
      anyReading.filter((reading) => reading !== undefined),
      { maxLength: 20 },
    ),
  }),
  power: fc.record({
    source: fc.constantFrom('mains' as const, 'battery' as const, undefined),
    supplyVolts: anyReading,
    batteryRatio: anyReading,
    powerWatts: anyReading,
    flags: fc.option(fc.record({ underVoltageNow: flag, throttledSinceBoot: flag }), { nil: undefined }),
  }),
  tamper: fc.record({ caseOpen: flag, linkUp: flag, supplyVolts: anyReading, wallMs: fc.option(weird) }),
  environment: fc.record({ ambientCelsius: anyReading, humidityRatio: anyReading, surfaceCelsius: anyReading }),
  storage: fc.record({
    readOnly: flag,
    usedBytes: anyReading,
    totalBytes: anyReading,
    writtenBytes: fc.option(weird, { nil: undefined }),
  }),
  override: fc.record({ grant: fc.anything() }),
}) as fc.Arbitrary<SafetyInputs>

/** Every number in it, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(numbersIn)
}

describe('stepSafety', () => {
  it('keeps a valid state and gives sound decisions, whatever it is fed and wherever the clock goes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyInputs, weird), { maxLength: 25 }), (steps) => {
        let state = safetyAtStart
        for (const [inputs, nowMs] of steps) {
          const before = state.thermal.pace
          const stepped = stepSafety(state, inputs, settings, nowMs)
          state = stepped.state
          const { effective, decisions } = stepped
          // The last reading of a sensor may be dated as its driver likes: it is judged each time that it is used.
          const { last: _, ...thermal } = state.thermal
          for (const number of numbersIn({ ...state, thermal })) expect(Number.isFinite(number)).toBe(true)
          expect(effective.fanDuty >= 0 && effective.fanDuty <= 1).toBe(true)
          expect(effective.cpuRatio > 0 && effective.cpuRatio <= 1).toBe(true)
          expect(effective.keepFrom >= 0 && effective.keepFrom <= 100).toBe(true)
          expect(writeModes).toContain(effective.writes)
          expect(powerStateNames).toContain(state.power.name)
          expect(tamperStages).toContain(state.tamper.stage)
          expect(state.thermal.pace.atMs >= before.atMs || !before.started).toBe(true)
          for (const { reason, code, causes } of decisions) {
            expect(reason.length > 0 && reason.length <= 240).toBe(true)
            expect(code).toMatch(/^[a-z-]+$/)
            for (const number of numbersIn(causes)) expect(Number.isFinite(number)).toBe(true)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('gives the same for the same', () => {
    fc.assert(
      fc.property(anyInputs, fc.double({ min: 0, max: 1e9, noNaN: true }), (inputs, nowMs) => {
        expect(stepSafety(safetyAtStart, inputs, settings, nowMs)).toEqual(
          stepSafety(safetyAtStart, inputs, settings, nowMs),
        )
      }),
    )
  })

  it('goes on after the clock has leaped or gone back', () => {
    const at = (celsius: number, nowMs: number): SafetyInputs => ({
      thermal: { sensors: [{ name: 'cpu', value: celsius, unit: 'celsius', atMs: nowMs }] },
      power: {},
      tamper: {},
      environment: {},
      storage: {},
    })
    for (const leapMs of [1e15, -1e15]) {
      let state = safetyAtStart
      for (const nowMs of [1000, 2000, leapMs]) state = stepSafety(state, at(50, nowMs), settings, nowMs).state
      for (let second = 0; second < 20; second++) {
        const nowMs = leapMs + second * 1000
        state = stepSafety(state, at(78, nowMs), settings, nowMs).state
      }
      expect(state.thermal.ladder.rung).toBe('throttle')
    }
  })

  it('tells the neighbours once of a shutdown, before it demands anything', () => {
    const gasps: number[] = []
    let state = safetyAtStart
    for (let second = 1; second <= 10; second++) {
      const nowMs = second * 1000
      const hot: Reading = { name: 'cpu', value: 95, unit: 'celsius', atMs: nowMs }
      const inputs = { thermal: { sensors: [hot] }, power: {}, tamper: {}, environment: {}, storage: {} }
      const stepped = stepSafety(state, inputs, settings, nowMs)
      state = stepped.state
      if (stepped.actions[0]?.kind === 'last-gasp') gasps.push(second)
    }
    expect(gasps).toEqual([2])
  })
})
