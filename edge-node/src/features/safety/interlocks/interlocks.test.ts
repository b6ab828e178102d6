import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demands, noDemands } from '../base/action.ts'
import { interlockAtStart, type InterlockState, judgeCommand, stepInterlocks } from './interlocks.ts'
import { interlockSettingsSchema, type Wish } from './settings.ts'

const settings = interlockSettingsSchema.parse({})
const hot: Demands = { ...noDemands, fanDuty: 0.9, cpuRatio: 0.5, keepFrom: 60, alarm: true }
const down = (final: boolean): Demands => ({
  ...hot,
  powerDown: { kind: 'power-down', code: 'x', reason: 'It is too hot', final },
  lastGasps: [{ kind: 'last-gasp', code: 'x', reason: 'y', atMs: 0 }],
})
const wish = fc.oneof<fc.Arbitrary<Wish>[]>(
  fc.record({ kind: fc.constant('fan' as const), duty: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('cpu-limit' as const), ratio: fc.double({ min: 0.05, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('services' as const), keepFrom: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('alarm' as const), on: fc.boolean() }),
  fc.constant({ kind: 'stay-on' as const }),
)
const grantOf = (what: Wish, untilMs: number) => ({ who: 'ada', why: 'a test', what, untilMs })

describe('an override', () => {
  it('holds in place of the demand, is said, and ends by itself', () => {
    const grant = grantOf({ kind: 'fan', duty: 0.2 }, 61_000)
    const granted = stepInterlocks(interlockAtStart, { demands: hot, grant }, settings, 1000)
    expect(granted.effective).toEqual({ ...hot, fanDuty: 0.2 })
    expect(granted.decisions[0]).toMatchObject({
      code: 'override-granted',
      reason: 'ada has fan at 20 % in place of the safety policies for 60 s: a test',
      causes: [{ value: 'ada' }, { value: 'a test' }, { value: 'fan at 20 %' }],
    })
    expect(stepInterlocks(granted.state, { demands: hot }, settings, 60_999).effective.fanDuty).toBe(0.2)
    const over = stepInterlocks(granted.state, { demands: hot }, settings, 61_000)
    expect(over.effective).toEqual(hot)
    expect(over.decisions[0]).toMatchObject({ code: 'override-ended' })
  })

  it('never outlives its time, wherever the clock goes', () => {
    const jumps = fc.array(fc.oneof(fc.integer({ min: -5000, max: 30_000 }), fc.constant(NaN)), { maxLength: 60 })
    fc.assert(
      fc.property(wish, fc.integer({ min: 1, max: 100_000 }), jumps, (what, lengthMs, moves) => {
        let nowMs = 1_000_000
        const untilMs = nowMs + lengthMs
        let state: InterlockState = stepInterlocks(
          interlockAtStart,
          { demands: hot, grant: grantOf(what, untilMs) },
          settings,
          nowMs,
        ).state
        let passedMs = 0
        for (const move of moves) {
          if (Number.isFinite(move)) nowMs += move
          passedMs += Math.max(0, Number.isFinite(move) ? move : 0)
          const stepped = stepInterlocks(state, { demands: hot }, settings, Number.isFinite(move) ? nowMs : NaN)
          state = stepped.state
          const isOver = nowMs >= untilMs || passedMs >= lengthMs
          expect(isOver && state.active.length > 0).toBe(false)
          expect(state.active.length === 0 ? stepped.effective : hot).toEqual(hot)
        }
      }),
    )
  })

  it('ends when its time has come by a clock that leaped further than waits follow', () => {
    const hour = 3_600_000
    const long = interlockSettingsSchema.parse({ maxOverrideMs: 24 * hour })
    const grant = grantOf({ kind: 'fan', duty: 0 }, 10 * hour)
    const { state } = stepInterlocks(interlockAtStart, { demands: hot, grant }, long, 0)
    expect(stepInterlocks(state, { demands: hot }, long, 11 * hour).effective).toEqual(hot)
  })

  it('never blocks a final shutdown nor a last gasp, and ends when one comes', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 8 }), (wishes) => {
        let state = interlockAtStart
        for (const what of wishes) {
          state = stepInterlocks(state, { demands: hot, grant: grantOf(what, 50_000) }, settings, 1000).state
        }
        expect(stepInterlocks(state, { demands: down(true) }, settings, 2000).effective).toEqual(down(true))
        expect(stepInterlocks(state, { demands: down(false) }, settings, 2000).effective.lastGasps).toHaveLength(1)
        const grant = grantOf({ kind: 'stay-on' }, 50_000)
        const late = stepInterlocks(state, { demands: down(true), grant }, settings, 2000)
        expect(late.effective).toEqual(down(true))
        expect(late.state.active).toEqual([])
      }),
    )
  })

  it('may hold against a shutdown that is not final', () => {
    const grant = grantOf({ kind: 'stay-on' }, 50_000)
    const { effective } = stepInterlocks(interlockAtStart, { demands: down(false), grant }, settings, 1000)
    expect(effective.powerDown).toBeUndefined()
  })

  it.each([
    ['nobody', { ...grantOf({ kind: 'stay-on' }, 2000), who: ' ' }],
    ['no reason', { ...grantOf({ kind: 'stay-on' }, 2000), why: '' }],
    ['the past', grantOf({ kind: 'stay-on' }, 1000)],
    ['NaN', grantOf({ kind: 'stay-on' }, NaN)],
    ['for ever', grantOf({ kind: 'stay-on' }, 1000 + settings.maxOverrideMs + 1)],
    ['what nobody may override', { ...grantOf({ kind: 'stay-on' }, 2000), what: { kind: 'last-gasp' } }],
    ['nothing', null],
  ])('is refused for %s', (_, grant) => {
    const { state, decisions } = stepInterlocks(interlockAtStart, { demands: hot, grant }, settings, 1000)
    expect(state.active).toEqual([])
    expect(decisions.map(({ code }) => code)).toEqual(['override-refused'])
  })

  it('can be ended before its time', () => {
    const grant = grantOf({ kind: 'fan', duty: 0 }, 50_000)
    const { state } = stepInterlocks(interlockAtStart, { demands: hot, grant }, settings, 1000)
    const ended = stepInterlocks(state, { demands: hot, end: { kind: 'fan', who: 'bob' } }, settings, 2000)
    expect(ended.effective).toEqual(hot)
    expect(ended.decisions[0]!.reason).toContain('ended by bob')
  })

  it('does not open what tampering has locked', () => {
    const locked: Demands = { ...hot, locked: true, keepFrom: 80 }
    const grant = grantOf({ kind: 'services', keepFrom: 0 }, 50_000)
    const { effective } = stepInterlocks(interlockAtStart, { demands: locked, grant }, settings, 1000)
    expect(effective).toMatchObject({ locked: true, keepFrom: 80 })
  })
})

describe('a remote command', () => {
  it.each<[Wish, boolean]>([
    [{ kind: 'fan', duty: 0.95 }, true],
    [{ kind: 'fan', duty: 0.5 }, false],
    [{ kind: 'cpu-limit', ratio: 0.4 }, true],
    [{ kind: 'cpu-limit', ratio: 1 }, false],
    [{ kind: 'services', keepFrom: 80 }, true],
    [{ kind: 'services', keepFrom: 0 }, false],
    [{ kind: 'alarm', on: false }, false],
    [{ kind: 'writes', mode: 'usual' }, true],
  ])('%o is allowed: %s', (what, allowed) => {
    expect(judgeCommand(what, hot).allowed).toBe(allowed)
  })

  it('is told why it is blocked', () => {
    expect(judgeCommand({ kind: 'stay-on' }, down(false))).toMatchObject({
      code: 'safety-interlock',
      reason: 'It is too hot',
    })
  })
})
