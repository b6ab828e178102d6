import { VirtualClock } from '@wrale/kernel/testing'
import type { SimulatedFault } from '@wrale/protocol/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeBoardConformance } from '../testing/board-conformance.ts'
import { batteryJoules, chargeEfficiency, dischargeEfficiency, stepBattery } from './battery.ts'
import { SimulatedBoard } from './board.ts'
import { fanDuty, fanFullRpm, stepFan } from './fan.ts'
import { initialLoad, stepLoad } from './load.ts'
import { seededRandom } from './random.ts'
import { stepThermal, thermalRest, throttleRatio } from './thermal.ts'

const ratio = fc.double({ min: 0, max: 1, noNaN: true })
const ambient = fc.double({ min: -40, max: 70, noNaN: true })
const watts = fc.double({ min: 0, max: 6.5, noNaN: true })

function makeBoard(seed = 7, options: { faults?: { fault: SimulatedFault; afterSeconds: number }[] } = {}) {
  const clock = new VirtualClock()
  return { clock, board: new SimulatedBoard({ clock }, { seed, ambientCelsius: 24, ...options }) }
}

describeBoardConformance('the simulated board', async () => {
  const { clock, board } = makeBoard()
  return { board, pass: (ms) => clock.advance(ms) }
})

describe('heat', () => {
  it('stays between the coldest and the hottest place that its input leads to', () => {
    fc.assert(
      fc.property(
        watts,
        ambient,
        ratio,
        fc.double({ min: -40, max: 120, noNaN: true }),
        (dieWatts, ambientCelsius, airflowRatio, start) => {
          const input = { dieWatts, ambientCelsius, airflowRatio }
          const rest = thermalRest(input)
          let state = { dieCelsius: start, sinkCelsius: start }
          const low = Math.min(start, ambientCelsius) - 1e-6
          // The die is hotter than the sink by what its heat needs to get there, at rest and on the way.
          const high = Math.max(start, rest.sinkCelsius) + (rest.dieCelsius - rest.sinkCelsius) + 1e-6
          for (let step = 0; step < 400; step++) {
            state = stepThermal(state, input, 0.25)
            expect(state.dieCelsius).toBeGreaterThanOrEqual(low)
            expect(state.dieCelsius).toBeLessThanOrEqual(high)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('comes to rest where the circuit says', () => {
    fc.assert(
      fc.property(watts, ambient, ratio, (dieWatts, ambientCelsius, airflowRatio) => {
        const input = { dieWatts, ambientCelsius, airflowRatio }
        let state = { dieCelsius: ambientCelsius, sinkCelsius: ambientCelsius }
        for (let step = 0; step < 8000; step++) state = stepThermal(state, input, 0.25)
        expect(state.dieCelsius).toBeCloseTo(thermalRest(input).dieCelsius, 3)
      }),
      { numRuns: 10 },
    )
  })

  it('never falls with more load, nor with warmer air, nor with less airflow', () => {
    fc.assert(
      fc.property(watts, watts, ambient, ambient, ratio, ratio, (w1, w2, a1, a2, f1, f2) => {
        const cool = { dieWatts: Math.min(w1, w2), ambientCelsius: Math.min(a1, a2), airflowRatio: Math.max(f1, f2) }
        const hot = { dieWatts: Math.max(w1, w2), ambientCelsius: Math.max(a1, a2), airflowRatio: Math.min(f1, f2) }
        let a = { dieCelsius: 80, sinkCelsius: 75 }
        let b = a
        for (let step = 0; step < 100; step++) {
          a = stepThermal(a, cool, 0.25)
          b = stepThermal(b, hot, 0.25)
          // Airflow warms a sink that is colder than the air, so only then may the order of the two turn.
          if (a.sinkCelsius < hot.ambientCelsius) return
          expect(b.dieCelsius).toBeGreaterThanOrEqual(a.dieCelsius - 1e-9)
        }
      }),
    )
  })

  it('slows the processor down from 80 to 95 degrees', () => {
    expect([20, 80, 87.5, 95, 200].map(throttleRatio)).toEqual([1, 1, 0.5, 0, 0])
  })
})

describe('fan', () => {
  it('asks for more when it is hotter, starts at 45 and stops at 40 degrees', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 120, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (celsius, more) => {
          for (const previous of [0, 0.5])
            expect(fanDuty(previous, celsius + more)).toBeGreaterThanOrEqual(fanDuty(previous, celsius))
        },
      ),
    )
    expect(fanDuty(0, 44)).toBe(0)
    expect(fanDuty(0.5, 44)).toBeGreaterThan(0)
    expect(fanDuty(0.5, 39.9)).toBe(0)
    expect(fanDuty(0, 90)).toBe(1)
  })

  it('follows its duty with inertia and runs down when it is stalled', () => {
    let rpm = stepFan(0, 1, false, 1)
    expect(rpm).toBeGreaterThan(0)
    expect(rpm).toBeLessThan(fanFullRpm)
    for (let second = 0; second < 30; second++) rpm = stepFan(rpm, 1, false, 1)
    expect(rpm).toBeCloseTo(fanFullRpm, 0)
    for (let second = 0; second < 30; second++) rpm = stepFan(rpm, 1, true, 1)
    expect(rpm).toBe(0)
  })
})

describe('battery', () => {
  it('neither makes nor loses energy beyond its efficiency, and stays between empty and full', () => {
    const phase = fc.record({
      mains: fc.boolean(),
      boardWatts: fc.double({ min: 0, max: 20, noNaN: true }),
      steps: fc.integer({ min: 1, max: 500 }),
    })
    fc.assert(
      fc.property(ratio, fc.array(phase, { minLength: 1, maxLength: 8 }), (charge, phases) => {
        let joules = charge * batteryJoules
        let expected = joules
        for (const { mains, boardWatts, steps } of phases) {
          for (let step = 0; step < steps; step++) {
            const flow = stepBattery(joules, { mains, boardWatts }, 0.25)
            expected += (flow.inWatts * chargeEfficiency - flow.outWatts / dischargeEfficiency) * 0.25
            joules = flow.joules
            expect(flow.outWatts).toBeLessThanOrEqual(boardWatts)
            expect(joules).toBeGreaterThanOrEqual(0)
            expect(joules).toBeLessThanOrEqual(batteryJoules * (1 + 1e-12))
          }
        }
        expect(Math.abs(joules - expected)).toBeLessThan(1e-6 * batteryJoules)
      }),
      { numRuns: 50 },
    )
  })
})

describe('load', () => {
  it('is a ratio, differs between seeds and has bursts', () => {
    const levels = (seed: number): number[] => {
      const random = seededRandom(seed)
      let load = initialLoad(random)
      return Array.from({ length: 4000 }, () => (load = stepLoad(load, random, 0.25)).level)
    }
    const one = levels(1)
    expect(one).toEqual(levels(1))
    expect(one).not.toEqual(levels(2))
    expect(Math.min(...one)).toBeGreaterThan(0)
    expect(Math.max(...one)).toBeLessThanOrEqual(1)
    expect(Math.max(...one) - Math.min(...one)).toBeGreaterThan(0.2)
  })
})

describe('the simulated board', () => {
  const after = async (seconds: number, change: (board: SimulatedBoard) => void, seed = 7) => {
    const { clock, board } = makeBoard(seed)
    await board.sample()
    change(board)
    await clock.advance(seconds * 1000)
    return board.sample()
  }

  it('gives the same from the same seed however often it is looked at', async () => {
    const often = makeBoard(42)
    for (let count = 0; count < 100; count++) {
      await often.clock.advance(300)
      await often.board.sample()
    }
    const once = makeBoard(42)
    await once.clock.advance(30_000)
    expect(await often.board.sample()).toEqual(await once.board.sample())
  })

  it('heats up past its limits when the fan stalls, and cools down when it turns again', async () => {
    const normal = await after(300, () => undefined)
    const { clock, board } = makeBoard()
    board.inject('fan-stall')
    await clock.advance(300_000)
    const stalled = await board.sample()
    expect(normal.readings.temperatureCelsius).toBeLessThan(70)
    expect(stalled.readings.fanRpm).toBe(0)
    expect(stalled.readings.fanDutyRatio).toBeGreaterThan(0.5)
    expect(stalled.readings.temperatureCelsius).toBeGreaterThan(70)
    board.clear('fan-stall')
    await clock.advance(120_000)
    expect((await board.sample()).readings.temperatureCelsius).toBeLessThan(65)
  })

  it('is hotter in warm air and under load', async () => {
    const normal = await after(300, () => undefined)
    for (const change of [
      (board: SimulatedBoard) => board.inject('heat-wave'),
      (board: SimulatedBoard) => board.set({ setting: 'ambientCelsius', value: 45 }),
      (board: SimulatedBoard) => board.set({ setting: 'loadRatio', value: 1 }),
    ]) {
      expect((await after(300, change)).readings.temperatureCelsius).toBeGreaterThan(
        normal.readings.temperatureCelsius! + 5,
      )
    }
  })

  it('gives the processor its own load back', async () => {
    const { clock, board } = makeBoard()
    board.set({ setting: 'loadRatio', value: 1 })
    await clock.advance(1000)
    expect((await board.sample()).readings.cpuBusyRatio).toBe(1)
    board.set({ setting: 'loadRatio', value: null })
    await clock.advance(1000)
    expect((await board.sample()).readings.cpuBusyRatio).toBeLessThan(1)
  })

  it('runs from its battery when the mains is lost, and charges when it is back', async () => {
    const { clock, board } = makeBoard()
    board.set({ setting: 'batteryRatio', value: 0.5 })
    board.inject('power-loss')
    await clock.advance(600_000)
    const lost = await board.sample()
    expect(lost.powerSource).toBe('battery')
    expect(lost.readings.batteryRatio).toBeLessThan(0.5)
    board.clear()
    await clock.advance(60_000)
    const back = await board.sample()
    expect(back.powerSource).toBe('mains')
    expect(back.readings.batteryRatio).toBeGreaterThan(lost.readings.batteryRatio!)
  })

  it('raises the under-voltage alarm when a sagging supply meets load', async () => {
    const busy = await after(30, (board) => {
      board.inject('supply-sag')
      board.set({ setting: 'loadRatio', value: 1 })
    })
    expect(busy.alarms.underVoltage).toBe(true)
    expect(busy.readings.supplyVolts).toBeLessThan(4.63)
    expect((await after(30, () => undefined)).alarms.underVoltage).toBe(false)
  })

  it('shows one temperature for ever when its sensor is stuck, while the fan still feels the heat', async () => {
    const { clock, board } = makeBoard()
    board.inject('sensor-stuck')
    const first = (await board.sample()).readings
    board.set({ setting: 'loadRatio', value: 1 })
    await clock.advance(200_000)
    const later = (await board.sample()).readings
    expect(later.temperatureCelsius).toBe(first.temperatureCelsius)
    expect(later.fanRpm).toBeGreaterThan(first.fanRpm! + 500)
    board.clear('sensor-stuck')
    expect((await board.sample()).readings.temperatureCelsius).toBeGreaterThan(first.temperatureCelsius! + 3)
  })

  it('fills its disk slowly, and at once on demand', async () => {
    const { clock, board } = makeBoard()
    const before = (await board.sample()).readings.diskUsedBytes!
    await clock.advance(60_000)
    const grown = (await board.sample()).readings.diskUsedBytes! - before
    expect(grown).toBeGreaterThan(1e6)
    expect(grown).toBeLessThan(1e9)
    board.inject('disk-full')
    const full = (await board.sample()).readings
    expect(full.diskUsedBytes! / full.diskTotalBytes!).toBeGreaterThan(0.95)
  })

  it('shows a change in the very next sample', async () => {
    const { board } = makeBoard()
    board.inject('power-loss')
    expect((await board.sample()).powerSource).toBe('battery')
    board.clear()
    expect((await board.sample()).powerSource).toBe('mains')
    board.set({ setting: 'batteryRatio', value: 0.25 })
    expect((await board.sample()).readings.batteryRatio).toBeCloseTo(0.25, 2)
  })

  it('begins scheduled faults when their time has come', async () => {
    const { clock, board } = makeBoard(7, { faults: [{ fault: 'power-loss', afterSeconds: 5 }] })
    await clock.advance(4000)
    expect((await board.sample()).powerSource).toBe('mains')
    await clock.advance(2000)
    expect((await board.sample()).powerSource).toBe('battery')
    expect(board.faults()).toEqual(['power-loss'])
  })

  it('lives through a bounded part of a long pause', async () => {
    const { clock, board } = makeBoard()
    await clock.advance(90 * 86_400_000)
    const { readings } = await board.sample()
    expect(readings.uptimeSeconds).toBe(90 * 86_400)
    expect(readings.temperatureCelsius).toBeLessThan(90)
  })
})
