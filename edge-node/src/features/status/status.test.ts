import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { Readings } from '@wrale/protocol'
import { type StatusBody, statusBodySchema } from '@wrale/protocol/records'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Judged } from '../health/health.ts'
import { allowanceAt, decide, paceOf, significantChange } from './decide.ts'
import { Levels } from './levels.ts'
import { StatusPublisher } from './publisher.ts'

const config = { statusIntervalMs: 5000, sampleIntervalMs: 1000 }

function body(change: Partial<StatusBody> = {}): StatusBody {
  return {
    intervalMs: 5000,
    state: 'ok',
    reasons: [],
    readings: { temperatureCelsius: 50 },
    ...change,
  }
}

describe('paceOf', () => {
  it('keeps the configured interval in a small fleet and grows with a large one', () => {
    expect(paceOf(config, 1)).toEqual({ intervalMs: 5000, changeGapMs: 1000 })
    expect(paceOf(config, 10)).toEqual({ intervalMs: 15_000, changeGapMs: 3000 })
    expect(paceOf(config, 50)).toEqual({ intervalMs: 75_000, changeGapMs: 15_000 })
    expect(paceOf(config, 100_000).intervalMs).toBe(300_000)
  })

  it('stays within what a status can promise, and never below what the node measures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 600_000 }),
        fc.integer({ min: 200, max: 60_000 }),
        fc.nat(100_000),
        (status, sample, members) => {
          const pace = paceOf({ statusIntervalMs: status, sampleIntervalMs: sample }, members)
          expect(statusBodySchema.shape.intervalMs.safeParse(pace.intervalMs).success).toBe(true)
          expect(pace.intervalMs).toBeGreaterThanOrEqual(sample)
          expect(pace.intervalMs).toBeGreaterThanOrEqual(status)
          expect(pace.changeGapMs).toBeGreaterThanOrEqual(sample)
        },
      ),
    )
  })
})

describe('decide', () => {
  const pace = paceOf(config, 1)
  const rules = { pace, allowance: allowanceAt(undefined, 0, pace), sampleIntervalMs: 1000 }
  const candidate = (of: StatusBody) => ({ body: of, levels: of.readings })
  const ask = (atMs: number, change: Partial<StatusBody>, last = body()) =>
    decide(atMs, { atMs: 0, ...candidate(last) }, candidate(body(change)), rules)

  it('speaks first of all', () => {
    expect(decide(0, undefined, candidate(body()), rules)).toBe('first')
  })

  it('is silent while nothing changes, then keeps the promised interval', () => {
    for (const atMs of [1000, 2000, 3000, 4000]) expect(ask(atMs, {})).toBeUndefined()
    expect(ask(4001, {})).toBe('interval')
    expect(ask(60_000, {})).toBe('interval')
  })

  it('speaks at once when its state, a reason or its power changes', () => {
    const reason = { aspect: 'power', state: 'warn', code: 'on-battery', message: 'm' } as const
    expect(ask(300, { state: 'warn' })).toBe('state')
    expect(ask(300, { reasons: [reason] })).toBe('state')
    expect(ask(300, { powerSource: 'battery' })).toBe('state')
    expect(ask(300, { reasons: [{ ...reason, message: 'other words' }] }, body({ reasons: [reason] }))).toBeUndefined()
  })

  it('does not flood when the state flaps', () => {
    expect(ask(200, { state: 'warn' })).toBeUndefined()
  })

  it('speaks of changed levels, but not more often than the gap', () => {
    const hot = { readings: { temperatureCelsius: 55 } }
    expect(ask(999, hot)).toBeUndefined()
    expect(ask(1000, hot)).toBe('readings')
  })

  it('lets readings alone ask for three records in a row, then for one in five intervals', () => {
    const last = { atMs: 0, ...candidate(body()) }
    const hot = candidate(body({ readings: { temperatureCelsius: 55 } }))
    const used = { left: 0.9, atMs: 0 }
    const after = (ms: number) => ({ ...rules, allowance: allowanceAt(used, ms, pace) })
    expect(decide(0, { ...last, atMs: -2000 }, hot, after(0))).toBeUndefined()
    expect(decide(2500, last, hot, after(2500))).toBe('readings')
    expect(allowanceAt(used, 1_000_000, pace).left).toBe(3)
  })
})

describe('Levels', () => {
  it('follow what lasts, not what passes', () => {
    const levels = new Levels()
    let level: Readings = {}
    const push = (cpuBusyRatio: number) => (level = levels.push({ cpuBusyRatio }, 1))
    for (let count = 0; count < 7; count++) push(0.1)
    for (let count = 0; count < 3; count++) expect(push(0.9)).toEqual({ cpuBusyRatio: 0.1 })
    expect(push(0.9)).toEqual({ cpuBusyRatio: 0.9 })
    expect(level).not.toHaveProperty('fanRpm')
  })

  it('are there as long as the sensor is', () => {
    const levels = new Levels()
    expect(levels.push({ fanRpm: 1000 }, 7)).toEqual({ fanRpm: 1000 })
    expect(levels.push({}, 7)).toEqual({})
  })
})

describe('significantChange', () => {
  it('is symmetric, and false for equal readings', () => {
    const readings = fc.record(
      {
        temperatureCelsius: fc.double({ min: -60, max: 150, noNaN: true }),
        cpuBusyRatio: fc.double({ min: 0, max: 1, noNaN: true }),
        networkReceiveBytesPerSecond: fc.double({ min: 0, max: 1e9, noNaN: true }),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Readings>
    fc.assert(
      fc.property(readings, readings, (a, b) => {
        expect(significantChange(a, a)).toBe(false)
        expect(significantChange(a, b)).toBe(significantChange(b, a))
      }),
    )
  })

  it('sees a sensor come and go, and ignores what only counts up', () => {
    expect(significantChange({ temperatureCelsius: 50 }, {})).toBe(true)
    expect(significantChange({ uptimeSeconds: 1 }, { uptimeSeconds: 1e6 })).toBe(false)
    expect(significantChange({ temperatureCelsius: 50 }, { temperatureCelsius: 52.9 })).toBe(false)
  })
})

describe('StatusPublisher', () => {
  function make(write: (body: StatusBody) => Promise<unknown>) {
    const clock = new VirtualClock()
    const judged = new Emitter<Judged>()
    const now = (celsius: number): Judged => ({
      observation: { atMs: clock.monotonicMs(), readings: { temperatureCelsius: celsius }, refused: [], alarms: {} },
      verdict: { state: 'ok', reasons: [] },
    })
    const publisher = new StatusPublisher(
      { judged, clock, logger: silentLogger, latest: () => now(50), members: () => 1, write },
      config,
    )
    return { clock, judged, now, publisher }
  }

  it('writes what was judged last when it starts, then every interval, and nothing once stopped', async () => {
    const written: StatusBody[] = []
    const { clock, judged, now, publisher } = make(async (status) => written.push(status))
    await publisher.start()
    expect(written).toHaveLength(1)
    for (let second = 1; second <= 20; second++) {
      await clock.advance(1001)
      judged.emit(now(50))
    }
    expect(written).toHaveLength(6)
    await publisher.stop()
    expect(judged.listenerCount).toBe(0)
    for (const status of written) expect(z.safeEncode(statusBodySchema, status).success).toBe(true)
  })

  it('tells a change of state that came during a write as soon as it may, not at the next sample', async () => {
    const written: StatusBody[] = []
    let finish: () => void = () => undefined
    const { clock, judged, now, publisher } = make((status) => {
      written.push(status)
      return new Promise<void>((resolve) => (finish = resolve))
    })
    const started = publisher.start()
    judged.emit({ ...now(90), verdict: { state: 'fail', reasons: [] } })
    finish()
    await started
    expect(written).toHaveLength(1)
    await clock.advance(249)
    expect(written).toHaveLength(1)
    await clock.advance(1)
    expect(written.map(({ state }) => state)).toEqual(['ok', 'fail'])
    finish()
    await publisher.stop()
  })

  it('forgets a change of state that is over before it may be told', async () => {
    const written: StatusBody[] = []
    const { clock, judged, now, publisher } = make(async (status) => written.push(status))
    await publisher.start()
    judged.emit({ ...now(50), verdict: { state: 'warn', reasons: [] } })
    judged.emit(now(50))
    await clock.advance(500)
    expect(written).toHaveLength(1)
    judged.emit({ ...now(50), verdict: { state: 'warn', reasons: [] } })
    expect(written).toHaveLength(2)
    judged.emit(now(50))
    await publisher.stop()
    await clock.advance(500)
    expect(written).toHaveLength(2)
  })

  it('tries again after a write that failed', async () => {
    let fail = true
    const written: StatusBody[] = []
    const { clock, judged, now, publisher } = make(async (status) => {
      if (fail) throw new Error('disk full')
      written.push(status)
    })
    await publisher.start()
    fail = false
    await clock.advance(10)
    judged.emit(now(50))
    await publisher.stop()
    expect(written).toHaveLength(1)
  })
})
