import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SafetyAction } from '../base/action.ts'
import type { Decision } from '../base/decision.ts'
import { latchOf, tamperFrom, tamperLatchSchema } from './latch.ts'
import { levelAt } from './level.ts'
import { tamperLevels, tamperSettingsSchema, type TamperSettings } from './settings.ts'
import type { TamperInputs } from './signs.ts'
import { stepTamper, tamperAtStart, tamperStages, type TamperState } from './tamper.ts'

const at = (level: (typeof tamperLevels)[number], more: object = {}): TamperSettings =>
  tamperSettingsSchema.parse({ level, ...more })

function run(series: readonly TamperInputs[], settings: TamperSettings, from: TamperState = tamperAtStart) {
  let state = from
  let nowMs = from.pace.lastMs
  const decisions: Decision[] = []
  const actions: (readonly SafetyAction[])[] = []
  for (const inputs of series) {
    nowMs += 1000
    const stepped = stepTamper(state, inputs, settings, nowMs)
    state = stepped.state
    decisions.push(...stepped.decisions)
    actions.push(stepped.actions)
  }
  return { state, decisions, actions }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const flag = fc.option(fc.boolean(), { nil: undefined })
const anyInputs = fc.record({
  caseOpen: flag,
  motion: flag,
  linkUp: flag,
  components: fc.option(fc.dictionary(fc.constantFrom('camera', 'modem'), fc.boolean()), { nil: undefined }),
  wallMs: fc.option(fc.integer({ min: 0, max: 2e12 }), { nil: undefined }),
})
const anyLevel = fc.constantFrom(...tamperLevels)
const quiet = { level: 'watch', quietHours: { from: '22:00', to: '06:00', level: 'lock' } } as const

describe('the latch', () => {
  it('never clears, and never goes down, without a reset that says who and why', () => {
    const badReset = fc.constantFrom(undefined, { who: '', why: 'x' }, { who: 'ada', why: '  ' })
    const step = fc.record({ inputs: anyInputs, level: anyLevel, reset: badReset })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = tamperAtStart
        for (const [index, { inputs, level, reset }] of steps.entries()) {
          const before = state
          state = stepTamper(state, { ...inputs, reset }, at(level), index * 2000).state
          expect(tamperStages.indexOf(state.stage)).toBeGreaterThanOrEqual(tamperStages.indexOf(before.stage))
          for (const channel of before.latched) expect(state.latched).toContain(channel)
        }
      }),
    )
  })

  it('is cleared by an operator with a reason, when the sign is gone', () => {
    const open = run([{ caseOpen: true }], at('guard'))
    const reset = { who: 'ada', why: 'battery changed' }
    const refused = run([{ caseOpen: true, reset }], at('guard'), open.state)
    expect(refused.state.stage).toBe('alarm')
    expect(refused.decisions[0]).toMatchObject({ code: 'tamper-reset-refused' })
    const cleared = run([{ caseOpen: false }, { caseOpen: false, reset }], at('guard'), open.state)
    expect(cleared.state).toMatchObject({ stage: 'clear', latched: [] })
    expect(cleared.decisions.at(-1)).toMatchObject({
      from: 'alarm',
      to: 'clear',
      reason: 'Reset by ada: battery changed',
    })
    expect(cleared.actions.at(-1)).toEqual([])
  })

  it('holds when the sensor falls silent, until somebody has looked', () => {
    const { state } = run([{ caseOpen: true }, {}, {}], at('guard'))
    expect(state.stage).toBe('alarm')
    const looked = run([{ reset: { who: 'ada', why: 'the switch is broken' } }, {}, {}], at('guard'), state)
    expect(looked.state.stage).toBe('clear')
  })

  it('can be cleared with the case open while the level is off, and latches again when it is not', () => {
    const { state } = run([{ caseOpen: true }], at('guard'))
    const reset = { who: 'ada', why: 'mending it' }
    const off = run([{ caseOpen: true, reset }, { caseOpen: true }], at('off'), state)
    expect(off.state.stage).toBe('clear')
    expect(run([{ caseOpen: true }], at('guard'), off.state).state.stage).toBe('alarm')
  })

  it('outlives the daemon', () => {
    const { state } = run([{ caseOpen: true }], at('lock'))
    const kept = tamperLatchSchema.parse(JSON.parse(JSON.stringify(latchOf(state))))
    const begun = run([{ caseOpen: true }, { caseOpen: false }], at('lock'), tamperFrom(kept))
    expect(begun.state.stage).toBe('locked')
    expect(begun.decisions).toEqual([])
    expect(begun.actions.at(-1)!.map(({ kind }) => kind)).toEqual(['lock-down', 'alarm', 'services'])
  })
})

describe('the levels', () => {
  it.each([
    ['off', 'clear', []],
    ['watch', 'noticed', []],
    ['guard', 'alarm', ['last-gasp', 'alarm']],
    ['lock', 'locked', ['last-gasp', 'lock-down', 'alarm', 'services']],
  ] as const)('at %s an open case makes it %s', (level, stage, kinds) => {
    const { state, actions } = run([{ caseOpen: true }], at(level))
    expect(state.stage).toBe(stage)
    expect(actions[0]!.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('sends one last gasp for each time that it gets worse, before everything else', () => {
    fc.assert(
      fc.property(fc.array(anyInputs, { maxLength: 60 }), anyLevel, (series, level) => {
        const { actions } = run(series, at(level))
        for (const step of actions) {
          expect(step.slice(1).some(({ kind }) => kind === 'last-gasp')).toBe(false)
        }
        // Five channels, and one more for a level that rises.
        expect(actions.filter((step) => step[0]?.kind === 'last-gasp').length).toBeLessThanOrEqual(6)
      }),
    )
  })

  it('gets worse when the level rises while the sign is there', () => {
    const watched = run([{ caseOpen: true }], at('watch'))
    const locked = run([{ caseOpen: true }], at('lock'), watched.state)
    expect(locked.decisions[0]).toMatchObject({ from: 'noticed', to: 'locked' })
  })

  it('gets worse too when the sensor has fallen silent after its sign', () => {
    const watched = run([{ caseOpen: true }, {}], at('watch'))
    expect(run([{}], at('lock'), watched.state).state.stage).toBe('locked')
  })

  it('waits for signs that come by accident', () => {
    const settings = at('guard')
    expect(run([{ linkUp: false }, { linkUp: false }, { linkUp: true }], settings).state.stage).toBe('clear')
    expect(run(times(7, { linkUp: false }), settings).state.stage).toBe('alarm')
  })

  it('names what was removed, and the voltage that cannot be', () => {
    const components = { camera: false, modem: true }
    const supplyVolts = { name: 'supply', value: 7, unit: 'volts', atMs: 3000 } as const
    const { decisions } = run(times(5, { components, supplyVolts }), at('guard'))
    const reasons = decisions.map(({ reason }) => reason).join(' ')
    expect(reasons).toContain('Removed: camera')
    expect(reasons).toContain('The supply is at 7.00 V, outside 4.20 V to 5.50 V')
  })
})

describe('quiet hours', () => {
  const day = Date.UTC(2026, 5, 1)
  const hour = 3_600_000

  it.each([
    [21.9, 'watch'],
    [22, 'lock'],
    [25, 'lock'],
    [29.9, 'lock'],
    [30, 'watch'],
  ] as const)('at hour %d the level is %s', (hours, level) => {
    expect(levelAt(tamperSettingsSchema.parse(quiet), day + hours * hour)).toBe(level)
  })

  it('follow the offset from UTC', () => {
    const settings = tamperSettingsSchema.parse({
      ...quiet,
      quietHours: { ...quiet.quietHours, utcOffsetMinutes: 120 },
    })
    expect(levelAt(settings, day + 20.5 * hour)).toBe('lock')
  })

  it('hold the stricter level without a trusted clock', () => {
    fc.assert(
      fc.property(anyLevel, anyLevel, fc.constantFrom(undefined, NaN), (level, night, wallMs) => {
        const settings = tamperSettingsSchema.parse({ level, quietHours: { from: '22:00', to: '06:00', level: night } })
        const rank = tamperLevels.indexOf(levelAt(settings, wallMs))
        expect(rank).toBe(Math.max(tamperLevels.indexOf(level), tamperLevels.indexOf(night)))
      }),
    )
    const { decisions } = run([{ caseOpen: true }], tamperSettingsSchema.parse(quiet))
    expect(decisions[0]!.reason).toContain('no trusted clock')
  })
})
