import type { SimulatedFault } from '@wrale/protocol/config'
import { simulatedFaultSchema } from '@wrale/protocol/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { airAround, heatWaveKelvin } from './air.ts'
import { agedRatio, batteryJoules, cellVolts, chargeEfficiency, dischargeEfficiency } from './battery.ts'
import { dieWatts, type MachineState, startMachine, stepMachine, stepSeconds, type Surroundings } from './machine.ts'

const ratio = fc.double({ min: 0, max: 1, noNaN: true })
const limit = fc.double({ min: 0.05, max: 1, noNaN: true })
const celsius = fc.double({ min: -40, max: 70, noNaN: true })
const seed = fc.integer({ min: 0, max: 0xffffffff })

const phase = fc.record({
  ambientCelsius: celsius,
  humidityRatio: ratio,
  faults: fc.subarray([...simulatedFaultSchema.options]),
  loadRatio: fc.option(ratio, { nil: undefined }),
  fanDuty: fc.option(ratio, { nil: undefined }),
  cpuLimitRatio: limit,
  isOff: fc.boolean(),
  steps: fc.integer({ min: 1, max: 200 }),
})

function surroundingsOf({
  ambientCelsius,
  humidityRatio,
  faults,
  ...rest
}: typeof phase extends fc.Arbitrary<infer T> ? T : never): Surroundings {
  return { ...rest, ambient: { celsius: ambientCelsius, humidityRatio }, faults: new Set<SimulatedFault>(faults) }
}

describe('the simulated machine, whatever happens to it,', () => {
  /** What is broken in each step of a life. */
  const brokenIn = (judge: (before: MachineState, state: MachineState, surroundings: Surroundings) => string[]) =>
    fc.property(seed, fc.array(phase, { minLength: 1, maxLength: 6 }), (from, phases) => {
      const { state: first, chance } = startMachine(from, { celsius: 24, humidityRatio: 0.45 })
      let state = first
      for (const each of phases) {
        const surroundings = surroundingsOf(each)
        for (let step = 0; step < each.steps; step++) {
          const before = state
          state = stepMachine(state, surroundings, chance)
          expect(judge(before, state, surroundings)).toEqual([])
        }
      }
    })

  it('stays within what is physically possible', () => {
    expect(() => fc.assert(brokenIn(impossible), { numRuns: 40 })).not.toThrow()
  })

  it('makes no energy: what it takes comes from the mains or out of the battery', () => {
    expect(() => fc.assert(brokenIn(madeEnergy), { numRuns: 40 })).not.toThrow()
  })

  it('draws the same of chance, so that a seed gives the same load', () => {
    fc.assert(
      fc.property(seed, phase, (from, each) => {
        const quiet: Surroundings = { ambient: { celsius: 24, humidityRatio: 0.45 }, faults: new Set() }
        const a = startMachine(from, quiet.ambient)
        const b = startMachine(from, quiet.ambient)
        let [one, other] = [a.state, b.state]
        for (let step = 0; step < 100; step++) {
          one = stepMachine(one, quiet, a.chance)
          other = stepMachine(other, surroundingsOf(each), b.chance)
        }
        expect(other.load).toEqual(one.load)
        expect(other.noise).toEqual(one.noise)
      }),
      { numRuns: 30 },
    )
  })
})

/** Names of what does not hold. */
function broken(holds: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(holds).flatMap(([name, isTrue]) => (isTrue ? [] : [name]))
}

function impossible(before: MachineState, state: MachineState, surroundings: Surroundings): string[] {
  const { isOff = false, cpuLimitRatio = 1, faults } = surroundings
  const isRatio = (value: number): boolean => value >= 0 && value <= 1
  const idle = [state.boardWatts, state.supplyVolts, state.busyRatio, state.fanDuty]
  return broken({
    ratios: [state.busyRatio, state.workRatio, state.fanDuty, state.air.humidityRatio].every(isRatio),
    limit: state.workRatio <= cpuLimitRatio,
    charge: state.batteryJoules >= 0 && state.batteryJoules <= state.batteryCapacityJoules * (1 + 1e-9),
    power: state.boardWatts >= 0 && state.boardWatts < 10,
    voltage: state.supplyVolts >= 0 && state.supplyVolts < 5.2,
    heat: state.thermal.dieCelsius > -60 && state.thermal.dieCelsius < 150,
    counters: (['ownWrittenBytes', 'systemWrittenBytes', 'diskGrownBytes', 'atSeconds'] as const).every(
      (name) => state[name] >= before[name],
    ),
    ownPart: state.ownWrittenBytes <= state.systemWrittenBytes,
    memory: state.underVoltageSeen >= before.underVoltageSeen && state.throttledSeen >= before.throttledSeen,
    off: !isOff || (idle.every((value) => value === 0) && state.systemWrittenBytes === before.systemWrittenBytes),
    stalled: !faults.has('fan-stall') || state.fanRpm <= before.fanRpm,
  })
}

function madeEnergy(before: MachineState, state: MachineState, { faults }: Surroundings): string[] {
  const capacity = batteryJoules * (faults.has('battery-aged') ? agedRatio : 1)
  const joules = before.batteryJoules * (capacity / before.batteryCapacityJoules)
  const { inWatts, outWatts } = state.batteryFlow
  const expected = joules + (inWatts * chargeEfficiency - outWatts / dischargeEfficiency) * stepSeconds
  return broken({
    balance: Math.abs(state.batteryJoules - expected) < 1e-6,
    mains: !state.onMains || outWatts === 0,
    battery: state.onMains || (inWatts === 0 && outWatts <= state.boardWatts),
    fed: state.onMains || state.isFed === Math.abs(outWatts - state.boardWatts) < 1e-6,
  })
}

describe('a processor with a limit', () => {
  it('is never hotter, and never gets more done, for a lower one', () => {
    fc.assert(
      fc.property(ratio, limit, limit, fc.double({ min: 0, max: 100, noNaN: true }), (work, a, b, die) => {
        expect(dieWatts(work, die, Math.min(a, b))).toBeLessThanOrEqual(dieWatts(work, die, Math.max(a, b)))
      }),
    )
  })
})

describe('the cell', () => {
  it('has a voltage that a lithium cell can have, higher the fuller and the less is asked of it', () => {
    fc.assert(
      fc.property(ratio, ratio, fc.double({ min: -7.5, max: 9, noNaN: true }), fc.boolean(), (a, b, watts, aged) => {
        const low = cellVolts(Math.min(a, b), watts, aged)
        expect(low).toBeLessThanOrEqual(cellVolts(Math.max(a, b), watts, aged) + 1e-9)
        expect(low).toBeGreaterThan(2)
        expect(low).toBeLessThan(5)
        expect(cellVolts(a, watts + 1, aged)).toBeLessThan(cellVolts(a, watts, aged))
      }),
    )
    expect([0, 0.5, 1, 2].map((charge) => cellVolts(charge, 0, false))).toEqual([3, 3.8, 4.2, 4.2])
    expect(cellVolts(0.5, 5, true)).toBeLessThan(cellVolts(0.5, 5, false))
  })
})

describe('the air', () => {
  it('gets warmer and relatively drier in a heat wave, and holds no more than it can', () => {
    fc.assert(
      fc.property(celsius, ratio, (degrees, humidityRatio) => {
        const ambient = { celsius: degrees, humidityRatio }
        expect(airAround(ambient, false)).toEqual(ambient)
        const wave = airAround(ambient, true)
        expect(wave.celsius).toBe(degrees + heatWaveKelvin)
        expect(wave.humidityRatio).toBeLessThanOrEqual(humidityRatio)
        expect(wave.humidityRatio).toBeGreaterThanOrEqual(0)
      }),
    )
    // Worked by hand from tables of saturation vapour pressure: 23.4 hPa at 20, 63.0 hPa at 37.2 degrees.
    expect(airAround({ celsius: 20, humidityRatio: 0.5 }, true).humidityRatio).toBeCloseTo(0.177, 2)
  })
})
