import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@wrale/host'
import { Emitter, FleetError, type Logger, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { metricCatalogue, type MetricName, type Readings } from '@wrale/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { History, type HistoryOptions } from './history.ts'
import type { HistoryQuery } from './query.ts'
import { historySchema } from './store.ts'

const minuteMs = 60_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-history-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function setUp(options: HistoryOptions = {}, file = join(folder, 'history.sqlite')) {
  const clock = new VirtualClock()
  const sampled = new Emitter<{ readonly readings: Readings }>()
  const said: string[] = []
  const damaged: string[] = []
  const say = (message: string): void => void said.push(message)
  const logger: Logger = { ...silentLogger, info: say, warn: say, error: say }
  const make = (open = () => openDatabase(file, historySchema)): History => {
    const history = new History({ sampled, open, clock, logger }, options)
    history.damaged.subscribe((path) => damaged.push(path))
    return history
  }
  /** Samples once a second for a time. */
  const record = async (history: History, seconds: number, readings: (second: number) => Readings): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      sampled.emit({ readings: readings(second) })
      await clock.advance(1000)
    }
    expect(history.problem).toBeUndefined()
  }
  return { clock, sampled, said, damaged, make, record, file }
}

/** Number, sum, lowest and highest of everything in a range. */
async function sumOf(history: History, metric: MetricName, query: Partial<HistoryQuery> = {}) {
  const { series } = await history.query({ metrics: [metric], fromMs: -8.64e15, toMs: 8.64e15, ...query })
  const points = series[0]?.points ?? []
  return {
    count: points.reduce((sum, [, , , , count]) => sum + count, 0),
    sum: Math.round(points.reduce((sum, [, mean, , , count]) => sum + mean * count, 0) * 10) / 10,
    min: Math.min(...points.map(([, , min]) => min)),
    max: Math.max(...points.map(([, , , max]) => max)),
  }
}

describe('History', () => {
  it('answers the same from memory, from disk, and after a restart', async () => {
    const { make, record, clock } = setUp()
    const history = make()
    await history.start()
    const fromMs = clock.wallMs()
    await record(history, 20, (second) => ({ temperatureCelsius: 40 + second, load1: 0.256 }))
    const ask = { fromMs, toMs: fromMs + 20_000, maxPoints: 5 }
    const inMemory = await history.query(ask)
    expect(inMemory).toMatchObject({ stepMs: 5000, complete: true })
    expect(inMemory.series.map(({ metric, unit }) => [metric, unit])).toEqual([
      ['temperatureCelsius', 'celsius'],
      ['load1', 'count'],
    ])
    expect(inMemory.series[0]?.points[0]).toEqual([Math.floor(fromMs / 5000) * 5000, 42, 40, 44, 5])
    history.flush()
    expect(await history.query(ask)).toEqual(inMemory)
    await history.stop()
    const next = make()
    await next.start()
    expect(await next.query(ask)).toEqual(inMemory)
    await next.stop()
  })

  it('writes at its interval and when it stops, and takes each metric at its own rate', async () => {
    const { make, record } = setUp({ flushMs: 10_000, everyMs: { uptimeSeconds: 5000 } })
    const history = make()
    await history.start()
    await record(history, 9, (second) => ({ load1: 1, uptimeSeconds: second }))
    expect(history.bytesPerDay).toBe(0)
    await record(history, 2, () => ({ load1: 1 }))
    expect(history.bytesPerDay).toBeGreaterThan(8192)
    expect((await sumOf(history, 'load1')).count).toBe(11)
    expect((await sumOf(history, 'uptimeSeconds')).count).toBe(2)
    await history.stop()
    await history.stop()
    const next = make()
    await next.start()
    expect((await sumOf(next, 'load1')).count).toBe(11)
    await next.stop()
  })

  it('equals a naive model, over memory and disk, clocks that jump and restarts', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ value: fc.double({ min: -60, max: 150, noNaN: true }), waitMs: fc.nat({ max: 5000 }) }),
      },
      { weight: 1, arbitrary: fc.constantFrom('flush' as const, 'restart' as const) },
      { weight: 1, arbitrary: fc.record({ jumpMs: fc.integer({ min: -(10 ** 12), max: 10 ** 12 }) }) },
    )
    const ask = fc.tuple(
      fc.integer({ min: -30_000, max: 30_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 2, max: 50 }),
    )
    let files = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), ask, async (steps, [offset, length, maxPoints]) => {
        const { clock, make, sampled } = setUp({}, join(folder, `model-${files++}.sqlite`))
        let history = make()
        await history.start()
        const model: Array<[number, number]> = []
        const startMs = clock.wallMs()
        for (const one of steps) {
          if (one === 'flush') history.flush()
          else if (one === 'restart') {
            await history.stop()
            history = make()
            await history.start()
          } else if ('jumpMs' in one) clock.setWall(startMs + one.jumpMs)
          else {
            sampled.emit({ readings: { temperatureCelsius: one.value } })
            model.push([clock.wallMs(), Math.round(one.value * 10) / 10])
            await clock.advance(one.waitMs)
          }
        }
        const fromMs = startMs + offset
        const answer = await history.query({
          metrics: ['temperatureCelsius'],
          fromMs,
          toMs: fromMs + length,
          maxPoints,
        })
        const { stepMs } = answer
        const expected = Map.groupBy(
          model.filter(([atMs]) => atMs >= fromMs && atMs < fromMs + length),
          ([atMs]) => Math.floor(atMs / stepMs) * stepMs,
        )
        const points = answer.series[0]?.points ?? []
        expect(points.map(([atMs, , min, max, count]) => [atMs, min, max, count])).toEqual(
          [...expected]
            .toSorted(([a], [b]) => a - b)
            .map(([atMs, rows]) => {
              const values = rows.map(([, value]) => value + 0)
              return [atMs, Math.min(...values), Math.max(...values), values.length]
            }),
        )
        for (const [atMs, mean] of points) {
          const rows = expected.get(atMs) ?? []
          expect(mean).toBeCloseTo(rows.reduce((sum, [, value]) => sum + value, 0) / rows.length, 6)
        }
        expect(points.length).toBeLessThanOrEqual(maxPoints)
        await history.stop()
      }),
      { numRuns: 40 },
    )
  })

  it('thins what is old without losing a total, and forgets what is older still, whatever the clock says', async () => {
    const { make, clock, sampled } = setUp({
      flushMs: 10_000,
      keepSamplesMs: 60_000,
      thinAtOnceMs: 30_000,
      keepTotalsMs: 120_000,
      thinMs: 20_000,
    })
    const history = make()
    await history.start()
    let sum = 0
    const second = async (value: number): Promise<void> => {
      sampled.emit({ readings: { temperatureCelsius: value } })
      sum += value
      await clock.advance(1000)
    }
    const startMs = clock.wallMs()
    for (let at = 0; at < 150; at++) await second(at % 50)
    expect(await sumOf(history, 'temperatureCelsius')).toEqual({ count: 150, sum, min: 0, max: 49 })
    const old = await history.query({
      metrics: ['temperatureCelsius'],
      fromMs: startMs,
      toMs: startMs + 50_000,
      maxPoints: 51,
    })
    expect(old.series[0]?.points.length).toBeLessThan(10)
    const fresh = await history.query({
      metrics: ['temperatureCelsius'],
      fromMs: startMs + 95_000,
      toMs: startMs + 145_000,
      maxPoints: 51,
    })
    expect(fresh.series[0]?.points).toHaveLength(50)
    // An answer is of the moment of the question, whatever is written meanwhile.
    for (let said = 150; said < 175; said++) {
      const asked = sumOf(history, 'temperatureCelsius')
      await second(7)
      expect((await asked).count).toBe(said)
    }
    // A clock that is set by half a century makes nothing old.
    clock.setWall(startMs - 50 * 365 * 86_400_000)
    await second(7)
    expect((await sumOf(history, 'temperatureCelsius')).count).toBe(176)
    for (let at = 0; at < 400; at++) await second(7)
    const { count } = await sumOf(history, 'temperatureCelsius')
    expect(count).toBeGreaterThanOrEqual(180)
    expect(count).toBeLessThan(260)
    await history.stop()
  })

  it('writes less often when it writes too much, says so once, and goes back', async () => {
    const { clock, make, record, said } = setUp({
      flushMs: 1000,
      longestFlushMs: 8000,
      maxBytesPerDay: 60_000,
      maxSamples: 64,
    })
    const history = make()
    await history.start()
    await record(history, 60, (second) => ({ load1: second }))
    expect(history.flushMs).toBe(8000)
    const atCap = history.bytesPerDay
    await record(history, 200, (second) => ({ load1: second }))
    expect(history.bytesPerDay).toBe(atCap)
    expect(history.dropped).toBeGreaterThan(100)
    expect(history.bufferBytes).toBe(64 * 16)
    expect(said.filter((message) => message.includes('too much'))).toHaveLength(1)
    expect(said.filter((message) => message.includes('lets go'))).toHaveLength(1)
    // A day later the bytes do not count any more.
    await clock.advance(86_400_000)
    expect(history.flushMs).toBe(1000)
    expect(said.at(-1)).toBe('the history is written as often as before')
    expect((await sumOf(history, 'load1')).max).toBe(199)
    await history.stop()
  })

  it('goes on in memory while the disk refuses, says so once, and writes all when it is over', async () => {
    const { make, sampled, clock, said, file } = setUp({ flushMs: 1000 })
    let full = true
    const history = make(() => {
      if (full) throw new FleetError('STORAGE_FULL', 'full')
      return openDatabase(file, historySchema)
    })
    await history.start()
    for (let second = 0; second < 5; second++) {
      sampled.emit({ readings: { load1: 1 } })
      await clock.advance(1000)
    }
    expect(history.problem?.code).toBe('STORAGE_FULL')
    expect((await sumOf(history, 'load1')).count).toBe(5)
    full = false
    await clock.advance(1000)
    expect(history.problem).toBeUndefined()
    expect((await sumOf(history, 'load1')).count).toBe(5)
    expect(history.bytesPerDay).toBeGreaterThan(0)
    expect(said).toEqual(['the history cannot be written', 'the history is written again'])
    await history.stop()
  })

  it('sets a damaged file aside, begins anew and says so', async () => {
    const { make, record, damaged, file } = setUp()
    writeFileSync(file, 'no database at all, and long enough to be taken for one'.repeat(20))
    const history = make()
    await history.start()
    expect(damaged).toEqual([`${file}.damaged-1`])
    await record(history, 3, () => ({ load1: 1 }))
    await history.stop()
    expect(readdirSync(folder)).toContain('history.sqlite')
    const next = make()
    await next.start()
    expect(damaged).toHaveLength(1)
    expect((await sumOf(next, 'load1')).count).toBe(3)
    await next.stop()
  })

  it('passes over a chunk that is damaged, and says that it is missing', async () => {
    const { make, record, file } = setUp()
    const history = make()
    await history.start()
    await record(history, 3, () => ({ load1: 1 }))
    history.flush()
    await record(history, 2, () => ({ load1: 1 }))
    await history.stop()
    const database = openDatabase(file, historySchema)
    database.exec(`UPDATE chunk SET data = x'00ff' WHERE id = 1`)
    database.close()
    const next = make()
    await next.start()
    expect((await sumOf(next, 'load1')).count).toBe(2)
    expect((await next.query({ fromMs: 0, toMs: 8.64e15 })).complete).toBe(false)
    await next.stop()
  })

  it('has after a kill what the last flush wrote', async () => {
    const { make, file } = setUp()
    const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
    const code = `
      import { openDatabase } from '@wrale/host'
      import { Emitter, silentLogger, systemClock } from '@wrale/kernel'
      import { History } from ${url('./history.ts')}
      import { historySchema } from ${url('./store.ts')}
      const sampled = new Emitter()
      const open = () => openDatabase(${JSON.stringify(file)}, historySchema)
      const history = new History({ sampled, open, clock: systemClock, logger: silentLogger })
      await history.start()
      for (let i = 0; i < 10; i++) sampled.emit({ readings: { load1: i } })
      history.flush()
      for (let i = 0; i < 5; i++) sampled.emit({ readings: { load1: i } })
      process.kill(process.pid, 'SIGKILL')`
    const signal = await new Promise((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', code], { cwd: import.meta.dirname }, (error) =>
        resolve(error?.signal),
      )
    })
    expect(signal).toBe('SIGKILL')
    const history = make()
    await history.start()
    expect(await sumOf(history, 'load1')).toEqual({ count: 10, sum: 45, min: 0, max: 9 })
    await history.stop()
  })

  it('keeps answers bounded, and refuses queries that make no sense', async () => {
    const { make } = setUp()
    const history = make()
    const names = Object.keys(metricCatalogue).length
    const { stepMs } = await history.query({ fromMs: 0, toMs: 86_400_000, maxPoints: 2000 })
    expect((86_400_000 / stepMs) * names).toBeLessThanOrEqual(20_000)
    for (const wrong of [
      { fromMs: 1, toMs: 1 },
      { fromMs: 0, toMs: 1, maxPoints: 2001 },
      { fromMs: 0.5, toMs: 1 },
      { fromMs: 0, toMs: 1, metrics: ['gravity' as MetricName] },
    ])
      await expect(history.query(wrong)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const many = Array.from({ length: 5 }, () => history.query({ fromMs: 0, toMs: 1 }))
    const ends = await Promise.allSettled(many)
    expect(ends.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected'])
    await expect(many[4]).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  })

  it('writes far less than it may in a day of all metrics at one second', async () => {
    const { make, clock, sampled } = setUp()
    const history = make()
    await history.start()
    const noise = (second: number, seed: number, size: number): number => Math.sin(second * (seed + 1.7)) * size
    // Two hours stand for the day: every flush is as the last.
    for (let second = 0; second < 7200; second++) {
      const metrics = Object.entries(metricCatalogue)
      sampled.emit({
        readings: Object.fromEntries(
          metrics.map(([name, { step }], seed) => [name, step * Math.round(500 + noise(second, seed, 40))]),
        ),
      })
      await clock.advance(1000)
    }
    expect(history.problem).toBeUndefined()
    expect(history.bytesPerDay * 12).toBeLessThan(25_000_000)
    expect(history.flushMs).toBe(5 * minuteMs)
    await history.stop()
  })
})
