import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { defaultThresholds, healthReasonSchema } from '@wrale/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../telemetry/telemetry.ts'
import { Health } from './health.ts'
import { judge, type Memory, type Verdict } from './judge.ts'
import { type Evidence, rules, severityOf } from './rules.ts'

const wallMs = Date.UTC(2026, 5, 1)

/** Judges a series of observations, one a second, and gives the codes with their states after each. */
function judgeSeries(series: readonly Partial<Evidence>[]): string[] {
  let memory: Memory = new Map()
  return series.map((part, second) => {
    const evidence: Evidence = { atMs: second * 1000, wallMs, readings: {}, refused: [], alarms: {}, ...part }
    const result = judge(evidence, defaultThresholds, memory)
    memory = result.memory
    return result.verdict.reasons.map(({ code, state }) => `${code}=${state}`).join(' ')
  })
}

function lastOf(evidence: Partial<Evidence>, seconds = 20): string {
  return judgeSeries(Array.from({ length: seconds }, () => evidence)).at(-1)!
}

describe('severityOf', () => {
  const limits = { warn: 70, fail: 80 }

  it('needs the band to get better, so that a value that swings inside it changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 77.01, max: 82, noNaN: true })), (values) => {
        let held = severityOf(80, limits, { band: 3, held: undefined })
        for (const value of values) held = severityOf(value, limits, { band: 3, held })
        expect(held).toBe('fail')
      }),
    )
    expect(severityOf(76.9, limits, { band: 3, held: 'fail' })).toBe('warn')
    expect(severityOf(67.1, limits, { band: 3, held: 'warn' })).toBe('warn')
    expect(severityOf(66.9, limits, { band: 3, held: 'warn' })).toBeUndefined()
  })

  it('reads limits downwards for what is bad when it falls', () => {
    const options = { band: 0.02, rising: false } as const
    expect(severityOf(0.5, { warn: 0.3, fail: 0.1 }, { ...options, held: undefined })).toBeUndefined()
    expect(severityOf(0.3, { warn: 0.3, fail: 0.1 }, { ...options, held: undefined })).toBe('warn')
    expect(severityOf(0.31, { warn: 0.3, fail: 0.1 }, { ...options, held: 'warn' })).toBe('warn')
    expect(severityOf(0.33, { warn: 0.3, fail: 0.1 }, { ...options, held: 'warn' })).toBeUndefined()
    expect(severityOf(0.1, { warn: 0.3, fail: 0.1 }, { ...options, held: 'warn' })).toBe('fail')
  })
})

describe('judge', () => {
  it('finds nothing wrong where nothing is measured', () => {
    expect(lastOf({})).toBe('')
  })

  it.each([
    ['temperature-high=warn', { readings: { temperatureCelsius: 71 } }],
    ['temperature-high=fail', { readings: { temperatureCelsius: 85 } }],
    ['fan-stalled=fail', { alarms: { fanStalled: true }, readings: { fanDutyRatio: 0.6, fanRpm: 0 } }],
    ['fan-stalled=fail', { alarms: { fanStalled: true } }],
    ['', { alarms: { fanStalled: false }, readings: { fanDutyRatio: 0.6, fanRpm: 0 } }],
    ['', { readings: { fanDutyRatio: 0.6 } }],
    ['throttled=warn', { alarms: { throttled: true } }],
    ['under-voltage=warn', { alarms: { underVoltage: true } }],
    ['on-battery=warn', { powerSource: 'battery', readings: { batteryRatio: 0.8 } }],
    ['battery-low=warn', { readings: { batteryRatio: 0.2 } }],
    ['battery-low=fail on-battery=warn', { powerSource: 'battery', readings: { batteryRatio: 0.05 } }],
    ['memory-high=warn', { readings: { memoryUsedBytes: 90, memoryTotalBytes: 100 } }],
    ['disk-high=fail', { readings: { diskUsedBytes: 96, diskTotalBytes: 100 } }],
    ['clock-not-set=warn', { wallMs: 0 }],
    ['clock-wrong=warn', { clockErrorMs: -3_600_000 }],
    ['', { clockErrorMs: 100_000 }],
    ['clock-not-set=warn', { wallMs: 0, clockErrorMs: -Date.UTC(2026, 0, 1) }],
    ['storage-failing=fail', { storageProblem: 'no space left in /var/lib/wrale-edge' }],
    ['sensor-nonsense=warn', { refused: [{ metric: 'fanRpm', value: 'NaN' }] }],
  ] satisfies [string, Partial<Evidence>][])('says %s', (expected, evidence) => {
    expect(lastOf(evidence)).toBe(expected)
  })

  it('waits for a high temperature to last, and for it to be gone', () => {
    const at = (celsius: number) => ({ readings: { temperatureCelsius: celsius } })
    expect(judgeSeries([at(60), at(75), at(60), at(75), at(75), at(75)])).toEqual([
      '',
      '',
      '',
      '',
      '',
      'temperature-high=warn',
    ])
    const cooling = [...Array.from({ length: 5 }, () => at(75)), ...Array.from({ length: 8 }, () => at(50))]
    expect(judgeSeries(cooling).filter((codes) => codes !== '')).toHaveLength(8)
  })

  it('does not flap when a value swings about its limit', () => {
    const swinging = Array.from({ length: 60 }, (_, second) => ({
      readings: { temperatureCelsius: 70 + 2 * Math.sin(second) },
    }))
    const states = judgeSeries(swinging)
    const changes = states.filter((codes, index) => index > 0 && codes !== states[index - 1])
    expect(changes.length).toBeLessThanOrEqual(1)
  })

  it('gets worse at once when it is bad already', () => {
    const at = (celsius: number) => ({ readings: { temperatureCelsius: celsius } })
    expect(judgeSeries([at(75), at(75), at(75), at(85)]).slice(2)).toEqual([
      'temperature-high=warn',
      'temperature-high=fail',
    ])
  })

  it('does not fail a node over a fan that stands for a moment', () => {
    const stopped = { alarms: { fanStalled: true } }
    expect(judgeSeries(Array.from({ length: 3 }, () => stopped)).at(-1)).toBe('')
    expect(judgeSeries(Array.from({ length: 4 }, () => stopped)).at(-1)).toBe('fan-stalled=fail')
  })

  it('gives reasons that a status can carry, worst first, whatever is measured', () => {
    const evidence: Evidence = {
      atMs: 0,
      wallMs: 0,
      readings: {
        temperatureCelsius: 85,
        fanDutyRatio: 1,
        fanRpm: 0,
        batteryRatio: 0.2,
        diskUsedBytes: 99,
        diskTotalBytes: 100,
      },
      refused: Array.from({ length: 30 }, () => ({ metric: 'fanRpm' as const, value: '1e300' })),
      powerSource: 'battery',
      alarms: { underVoltage: true, throttled: true },
    }
    const first = judge(evidence, defaultThresholds, new Map())
    const { verdict } = judge({ ...evidence, atMs: 60_000 }, defaultThresholds, first.memory)
    expect(verdict.reasons.length).toBeGreaterThan(6)
    for (const reason of verdict.reasons) expect(healthReasonSchema.safeParse(reason).success).toBe(true)
    expect(verdict.state).toBe('fail')
    const states = verdict.reasons.map(({ state }) => state)
    expect(states).toEqual(states.toSorted())
    expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length)
  })
})

describe('Health', () => {
  it('judges what telemetry samples until it is stopped', async () => {
    const sampled = new Emitter<Observation>()
    const health = new Health({
      sampled,
      storageProblem: () => undefined,
      clockErrorMs: () => undefined,
      clock: new VirtualClock(),
      logger: silentLogger,
    })
    const verdicts: Verdict[] = []
    health.judged.subscribe(({ verdict }) => verdicts.push(verdict))
    await health.start()
    await health.start()
    sampled.emit({ atMs: 0, readings: {}, refused: [], alarms: {} })
    sampled.emit({ atMs: 1000, readings: {}, refused: [], alarms: { underVoltage: true } })
    expect(verdicts.map(({ state }) => state)).toEqual(['ok', 'warn'])
    expect(health.latest?.verdict.state).toBe('warn')
    await health.stop()
    expect(sampled.listenerCount).toBe(0)
  })
})
