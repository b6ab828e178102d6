import { describe, expect, it } from 'vitest'
import { parseSafetySettings } from './settings.ts'

describe('parseSafetySettings', () => {
  it('has safe defaults for everything', () => {
    const settings = parseSafetySettings({})
    expect(settings.thermal.fan.profile).toBe('balanced')
    expect(settings.tamper.level).toBe('watch')
    expect(settings.thermal.ladder.hardLimitCelsius).toBeLessThanOrEqual(90)
  })

  const curve = (points: ReadonlyArray<readonly [number, number]>) => ({
    thermal: { fan: { curves: { quiet: points.map(([celsius, duty]) => ({ celsius, duty })) } } },
  })

  it.each([
    [
      'thermal.fan.curves.quiet.1.celsius',
      curve([
        [50, 0],
        [50, 1],
      ]),
    ],
    [
      'thermal.fan.curves.quiet.2.duty',
      curve([
        [50, 0],
        [60, 0.5],
        [70, 0.4],
      ]),
    ],
    [
      'thermal.fan.curves.quiet.0.duty',
      curve([
        [50, -0.1],
        [60, 0.5],
      ]),
    ],
    ['thermal.fan.kickDuty', { thermal: { fan: { minOnDuty: 0.5, kickDuty: 0.4 } } }],
    ['thermal.ladder.throttle.exitCelsius', { thermal: { ladder: { throttle: { exitCelsius: 77 } } } }],
    ['thermal.ladder.throttle.enterCelsius', { thermal: { ladder: { throttle: { enterCelsius: 72 } } } }],
    ['thermal.ladder.stopMost.keepFrom', { thermal: { ladder: { stopMost: { keepFrom: 10 } } } }],
    ['thermal.ladder.hardLimitCelsius', { thermal: { ladder: { hardLimitCelsius: 84 } } }],
    ['power.brownOut.exitVolts', { power: { brownOut: { exitVolts: 4.5 } } }],
    ['power.low.exitRatio', { power: { low: { exitRatio: 0.3 } } }],
    ['power.low.exitTimeLeftMs', { power: { low: { exitTimeLeftMs: 600_000 } } }],
    ['power.critical.enterRatio', { power: { battery: { assumedRatioPerHour: 3 } } }],
    ['tamper.quietHours.to', { tamper: { quietHours: { from: '22:00', to: '22:00', level: 'guard' } } }],
    ['tamper.quietHours.from', { tamper: { quietHours: { from: '24:00', to: '22:00', level: 'guard' } } }],
    ['tamper.voltage.maxVolts', { tamper: { voltage: { maxVolts: 4 } } }],
    ['environment.humid.exitRatio', { environment: { humid: { exitRatio: 0.9 } } }],
    ['storage.full.enterRatio', { storage: { full: { enterRatio: 0.2, exitRatio: 0.3 } } }],
    ['storage.sparingExitRatio', { storage: { sparingExitRatio: 0.8 } }],
  ])('refuses %s with its path', (path, input) => {
    const failure = (() => {
      try {
        return parseSafetySettings(input)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ code: 'CONFIG_INVALID', meta: { path } })
    expect(String(failure)).toContain(`${path}: `)
  })

  it('refuses keys that it does not know', () => {
    expect(() => parseSafetySettings({ thermal: { fna: {} } })).toThrow('fna')
  })
})
