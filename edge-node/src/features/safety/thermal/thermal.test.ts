import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../base/decision.ts'
import type { Reading } from '../base/reading.ts'
import { demandsOf } from '../base/action.ts'
import { dutyAt } from './fan.ts'
import { thermalSettingsSchema } from './settings.ts'
import { stepThermal, thermalAtStart, type ThermalState } from './thermal.ts'

const defaults = thermalSettingsSchema.parse({})
const sensor = (value: number | undefined, atMs: number, name = 'cpu'): Reading => ({
  name,
  value,
  unit: 'celsius',
  atMs,
})

interface Run {
  readonly state: ThermalState
  readonly duties: readonly number[]
  readonly decisions: readonly Decision[]
  readonly shutdowns: readonly boolean[]
}

/** One reading a second, or one for each of several sensors. */
function run(
  series: ReadonlyArray<number | undefined | readonly (number | undefined)[]>,
  settings = defaults,
  from = thermalAtStart,
): Run {
  let state = from
  const duties: number[] = []
  const decisions: Decision[] = []
  const shutdowns: boolean[] = []
  const startMs = from.pace.lastMs
  for (const [index, values] of series.entries()) {
    const atMs = startMs + (index + 1) * 1000
    const all = typeof values === 'number' || values === undefined ? [values] : values
    const sensors = all.map((value, number) => sensor(value, atMs, `s${number}`))
    const stepped = stepThermal(state, { sensors }, settings, atMs)
    state = stepped.state
    const demands = demandsOf(stepped.actions)
    duties.push(demands.fanDuty)
    shutdowns.push(demands.powerDown !== undefined)
    decisions.push(...stepped.decisions)
  }
  return { state, duties, decisions, shutdowns }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const anyCelsius = fc.double({ min: -40, max: 120, noNaN: true })
const profile = fc.constantFrom('quiet', 'balanced', 'cool', 'max' as const)
const settingsOf = (name: 'quiet' | 'balanced' | 'cool' | 'max') => ({
  ...defaults,
  fan: { ...defaults.fan, profile: name },
})

describe('dutyAt', () => {
  it('goes straight between the points and level outside them', () => {
    const curve = [
      { celsius: 50, duty: 0.2 },
      { celsius: 60, duty: 0.6 },
    ]
    expect([40, 50, 55, 60, 90].map((at) => dutyAt(curve, at))).toEqual([0.2, 0.2, 0.4, 0.6, 0.6])
  })
})

describe('the fan', () => {
  it('stays within 0..1 and never falls faster than its ramp, whatever is measured and however often', () => {
    const step = fc.record({
      value: fc.oneof(anyCelsius, fc.constantFrom(NaN, undefined, Infinity)),
      gapMs: fc.integer({ min: 0, max: 20_000 }),
    })
    fc.assert(
      fc.property(profile, fc.array(step, { maxLength: 80 }), (name, steps) => {
        const settings = settingsOf(name)
        let state = thermalAtStart
        let nowMs = 0
        for (const { value, gapMs } of steps) {
          nowMs += gapMs
          const before = state.fan.duty
          state = stepThermal(state, { sensors: [sensor(value, nowMs)] }, settings, nowMs).state
          expect(state.fan.duty).toBeGreaterThanOrEqual(0)
          expect(state.fan.duty).toBeLessThanOrEqual(1)
          expect(before - state.fan.duty).toBeLessThanOrEqual((settings.fan.fallPerSecond * gapMs) / 1000 + 1e-9)
        }
      }),
    )
  })

  it('turns a standing fan hard first, then as the curve says', () => {
    const { duties } = run([...times(3, 40), ...times(20, 52)])
    expect(duties.slice(0, 3)).toEqual([0, 0, 0])
    expect(duties[3]).toBe(defaults.fan.kickDuty)
    expect(duties.at(-1)).toBeCloseTo(dutyAt(defaults.fan.curves.balanced, 52), 5)
    expect(duties.slice(3).every((duty) => duty >= defaults.fan.minOnDuty)).toBe(true)
  })

  it('is given its least duty or none, once it has settled', () => {
    fc.assert(
      fc.property(profile, anyCelsius, (name, celsius) => {
        const settings = settingsOf(name)
        const duty = run(times(40, celsius), settings).duties.at(-1)!
        expect(duty === 0 || duty >= settings.fan.minOnDuty).toBe(true)
      }),
    )
  })

  it('keeps its duty while the temperature swings within the hysteresis', () => {
    const { hysteresisCelsius } = defaults.fan
    const swings = fc.array(fc.double({ min: 0, max: hysteresisCelsius, noNaN: true }), {
      minLength: 30,
      maxLength: 80,
    })
    fc.assert(
      fc.property(fc.double({ min: 30, max: 60, noNaN: true }), swings, (base, offsets) => {
        // Once the top and the bottom of the band were seen, nothing moves the duty any more.
        const begin = run([base, ...times(40, base + hysteresisCelsius)]).state
        const { duties } = run(
          offsets.map((offset) => base + offset),
          defaults,
          begin,
        )
        for (const duty of duties) expect(duty).toBeCloseTo(begin.fan.duty, 9)
      }),
    )
  })

  it('runs at its safe duty when nothing can be trusted, and says so once', () => {
    const blind = run([...times(5, 45), ...times(20, NaN)])
    expect(blind.duties.at(-1)).toBe(defaults.fan.safeDuty)
    const codes = blind.decisions.map(({ code }) => code)
    expect(codes).toEqual(['thermal-blind', 'thermal-sensor-trust'])
    expect(blind.decisions[0]).toMatchObject({ from: 'curve', to: 'safe', causes: [{ name: 's0', value: null }] })
    const back = run(times(60, 45), defaults, blind.state)
    expect(back.decisions.map(({ code }) => code)).toContain('thermal-sees')
    expect(back.duties.at(-1)).toBe(0)
  })

  it('says that there is no sensor at all, once', () => {
    const { decisions, duties } = run(times(10, []))
    expect(decisions.map(({ code, reason }) => [code, reason.split(':')[0]])).toEqual([
      ['thermal-blind', 'There is no temperature sensor'],
    ])
    expect(duties.at(-1)).toBe(defaults.fan.safeDuty)
  })

  it('waits a moment for the first reading, with the fan on', () => {
    const { decisions, duties, state } = run([...times(3, []), ...times(5, 40)])
    expect(decisions).toEqual([])
    expect(duties.slice(0, 3)).toEqual(times(3, defaults.fan.safeDuty))
    expect(state.mode).toBe('curve')
  })

  it('bridges a reading that went missing with the last one', () => {
    const { decisions, duties } = run([...times(30, 55), NaN, NaN, ...times(5, 55)])
    expect(decisions).toEqual([])
    expect(new Set(duties.slice(-8)).size).toBe(1)
  })

  it('goes by the hottest sensor that can be trusted', () => {
    expect(run(times(40, [30, 61, NaN, 128])).duties.at(-1)).toBeCloseTo(dutyAt(defaults.fan.curves.balanced, 61), 5)
  })

  it('runs at the duty that others ask for, behind its ramp', () => {
    let state = run(times(5, 40)).state
    const step = (floorDuty: number, second: number): number => {
      const nowMs = 5000 + second * 1000
      state = stepThermal(state, { sensors: [sensor(40, nowMs)], floorDuty }, defaults, nowMs).state
      return state.fan.duty
    }
    for (let second = 1; second < 15; second++) step(0.5, second)
    expect(state.fan.duty).toBe(0.5)
    expect(step(0, 15)).toBeCloseTo(0.45, 9)
  })
})

describe('the ladder', () => {
  const { ladder } = defaults

  it('goes up one step at a time, each after its dwell time, and down again', () => {
    const { decisions } = run([...times(150, 86), ...times(300, 60)])
    expect(decisions.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'normal fan',
      'fan throttle',
      'throttle stopSome',
      'stopSome stopMost',
      'stopMost shutdown',
      'shutdown stopMost',
      'stopMost stopSome',
      'stopSome throttle',
      'throttle fan',
      'fan normal',
    ])
    const waits = decisions.slice(0, 5).map(({ atMs }, index) => atMs - (decisions[index - 1]?.atMs ?? 1000))
    expect(waits).toEqual([2000, 6000, 16_000, 16_000, 61_000])
    expect(decisions[1]).toMatchObject({
      code: 'thermal-throttle',
      reason: '86.0 °C is above 77.0 °C: the processor is slowed down',
      causes: [{ name: 's0', value: 86, unit: 'celsius', limit: 77, ageMs: 0 }],
    })
  })

  it('always shuts down at the hard limit, from wherever it is and whatever came before', () => {
    const hot = fc.double({ min: ladder.hardLimitCelsius, max: 127, noNaN: true })
    const before = fc.array(fc.oneof(anyCelsius, fc.constant(NaN)), { maxLength: 60 })
    fc.assert(
      fc.property(before, fc.array(hot, { minLength: 2, maxLength: 6 }), (series, last) => {
        const { shutdowns, state } = run([...series, ...last])
        expect(shutdowns.slice(series.length + ladder.hardLimitReadings - 1).every(Boolean)).toBe(true)
        expect(state.ladder).toMatchObject({ rung: 'shutdown', final: true })
      }),
    )
  })

  it('does not take one reading at the hard limit for two', () => {
    const reading = sensor(100, 1000)
    let state = thermalAtStart
    for (const nowMs of [1000, 1500, 2000]) {
      state = stepThermal(state, { sensors: [reading] }, defaults, nowMs).state
    }
    expect(state.ladder.rung).not.toBe('shutdown')
  })

  it('does not flap: between two limits of a step nothing moves', () => {
    for (const name of ['fan', 'throttle', 'stopSome', 'stopMost', 'shutdown'] as const) {
      const { enterCelsius, exitCelsius } = ladder[name]
      const within = fc.double({ min: exitCelsius + 0.01, max: enterCelsius - 0.01, noNaN: true })
      fc.assert(
        fc.property(fc.array(within, { minLength: 20, maxLength: 200 }), (series) => {
          // Others of the five steps may be passed, each once.
          expect(run(series).decisions.length).toBeLessThanOrEqual(5)
          const held = run(times(200, enterCelsius + 0.5)).state
          expect(held.ladder.rung).toBe(name)
          expect(run(series, defaults, held).decisions).toEqual([])
        }),
        { numRuns: 20 },
      )
    }
  })

  it('stays on its step while nothing can be measured', () => {
    const throttled = run(times(10, 78)).state
    expect(throttled.ladder.rung).toBe('throttle')
    expect(run(times(300, undefined), defaults, throttled).state.ladder.rung).toBe('throttle')
  })
})
