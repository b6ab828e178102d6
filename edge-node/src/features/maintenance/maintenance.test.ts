import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { Readings } from '@wrale/protocol'
import { maintenanceViewSchema } from '@wrale/protocol/node'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Observation } from '../telemetry/telemetry.ts'
import { causeOf, Maintenance } from './maintenance.ts'
import { predictionsOf } from './predictions.ts'
import { countCycles, rainflowAtStart } from './rainflow.ts'

describe('cycles', () => {
  const count = (values: readonly number[], gate = 0.001) =>
    values.reduce((state, value) => countCycles(state, value, gate), rainflowAtStart)

  it('are counted as the standard does in its example', () => {
    // ASTM E1049-85, figure 6: peaks and valleys, of which this count closes one cycle of range 4; the rest stay half cycles.
    const { cycles, rangeSum, residue } = count([-2, 1, -3, 5, -1, 3, -4, 4, -2])
    expect([cycles, rangeSum]).toEqual([1, 4])
    expect(residue).toEqual([-2, 1, -3, 5, -4, 4, -2])
  })

  const series = fc.array(fc.integer({ min: -40, max: 100 }), { maxLength: 60 })

  it('do not depend on where zero is, or on which way is up', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: -50, max: 50 }), (values, shift) => {
        const { cycles, rangeSum } = count(values)
        expect(count(values.map((value) => value + shift))).toMatchObject({ cycles, rangeSum })
        expect(count(values.map((value) => -value))).toMatchObject({ cycles, rangeSum })
      }),
    )
  })

  it('are not made by holding a value, or by passing between two turning points', () => {
    fc.assert(
      fc.property(series, (values) => {
        const drawn = values.flatMap((value, index) => {
          const next = values[index + 1] ?? value
          return [value, value, (value + next) / 2]
        })
        expect(count(drawn).cycles).toBe(count(values).cycles)
      }),
    )
  })

  it('below the gate are none, and the memory of them is bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 20, max: 24, noNaN: true }), { maxLength: 200 }), (values) => {
        expect(count(values, 5)).toMatchObject({ cycles: 0 })
      }),
    )
    const growing = Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? index : -index))
    expect(count(growing).residue.length).toBeLessThanOrEqual(64)
  })
})

describe('the end of the run before', () => {
  it.each([
    ['a', 'a', undefined, 'crash'],
    ['a', 'b', undefined, 'power-lost'],
    ['a', 'b', false, 'power-lost'],
    ['a', 'b', true, 'watchdog'],
    ['a', 'a', true, 'crash'],
  ] as const)('in boot %s, seen from boot %s, watchdog %s: %s', (running, boot, watchdog, cause) => {
    expect(causeOf(running, boot, watchdog)).toBe(cause)
  })
})

describe('predictions', () => {
  const wear = { runSeconds: 0, fanSeconds: 0, cycles: rainflowAtStart, storage: undefined }

  it('are none without data, and say so where there is too little', () => {
    expect(predictionsOf(wear)).toEqual([])
    const [early] = predictionsOf({ ...wear, runSeconds: 3600, fanSeconds: 3600 })
    expect(early?.remainingDays).toBeUndefined()
    expect(early?.reasoning).toContain('too little')
  })

  it('follow how much the fan turns', () => {
    const day = 86_400
    const [half] = predictionsOf({ ...wear, runSeconds: 100 * day, fanSeconds: 50 * day })
    expect(half?.usedRatio).toBeCloseTo(1200 / 50_000, 9)
    expect(half?.remainingDays).toBeCloseTo((50_000 - 1200) / 12, 6)
  })

  it('take the word of the memory itself', () => {
    const [storage] = predictionsOf({ ...wear, storage: { lifeUsedRatio: 0.3, reserve: 'normal' } })
    expect(storage).toMatchObject({ part: 'storage', usedRatio: 0.3 })
  })
})

describe('the counters', () => {
  let folder: string
  let file: string
  let clock: VirtualClock
  let sampled: Emitter<Observation>

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maintenance-'))
    file = join(folder, 'maintenance.json')
    clock = new VirtualClock()
    sampled = new Emitter()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const make = (boot = 'boot-1', watchdog?: boolean): Maintenance =>
    new Maintenance({
      sampled,
      file,
      bootId: () => Promise.resolve(boot),
      watchdogCausedReset: () => watchdog,
      clock,
      logger: silentLogger,
    })
  const live = async (seconds: number, readings: Readings): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1000)
      sampled.emit({ atMs: clock.monotonicMs(), readings, refused: [], alarms: {} })
    }
  }
  const valueOf = (maintenance: Maintenance, name: string): number | undefined =>
    maintenance.view().counters.find((counter) => counter.name === name)?.value

  it('go on after an orderly stop, which is told from the others', async () => {
    const first = make()
    await first.start()
    await live(11, { fanRpm: 900, temperatureCelsius: 50, writtenBytes: 1000 })
    await live(10, { fanRpm: 0, temperatureCelsius: 61, writtenBytes: 5000 })
    await first.stop()
    const second = make('boot-2')
    await second.start()
    expect(valueOf(second, 'runSeconds')).toBe(20)
    expect(valueOf(second, 'fanSeconds')).toBe(10)
    expect(valueOf(second, 'hottestCelsius')).toBe(61)
    expect(valueOf(second, 'bytesWritten')).toBe(4000)
    expect(second.view()).toMatchObject({ starts: 2, shutdowns: { clean: 1 }, lastShutdown: { cause: 'clean' } })
    expect(maintenanceViewSchema.parse(second.view())).toEqual(second.view())
    await second.stop()
  })

  it('lose no more than the last ten minutes when the power goes', async () => {
    await make().start()
    await live(10 * 60 + 1, { temperatureCelsius: 50 })
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/"runSeconds": (59\d|600)/)
    await live(9 * 60, { temperatureCelsius: 50 })
    // Nobody stopped it.
    const next = make('boot-2')
    await next.start()
    expect(valueOf(next, 'runSeconds')).toBeGreaterThanOrEqual(590)
    expect(next.view()).toMatchObject({ shutdowns: { 'power-lost': 1 } })
  })

  it('begin anew when their file is damaged', async () => {
    writeFileSync(file, '{"starts": -4')
    const maintenance = make()
    await maintenance.start()
    expect(maintenance.view()).toMatchObject({ starts: 1, lastShutdown: null })
    await maintenance.stop()
  })

  it('do not count the time in which the process was frozen', async () => {
    const maintenance = make()
    await maintenance.start()
    await live(1, {})
    await clock.advance(3_600_000)
    await live(1, {})
    expect(valueOf(maintenance, 'runSeconds')).toBe(60)
    await maintenance.stop()
  })
})
