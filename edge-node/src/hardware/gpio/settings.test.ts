import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, it } from 'vitest'
import { headers } from './header.ts'
import { GpioLines } from './lines.ts'
import { linesSchema } from './settings.ts'
import { SimulatedLines } from './simulated/lines.ts'

describe('settings of lines', () => {
  const door = { name: 'door', pin: 17, direction: 'in' }
  const fan = { name: 'fan', pin: 18, direction: 'out', safe: 'on' }

  it('fills in what is left out', () => {
    expect(linesSchema.parse([door, fan])).toEqual([
      { ...door, activeLow: false, debounceMs: 0 },
      { ...fan, activeLow: false },
    ])
  })

  it.each([
    ['an output without a safe state', [{ name: 'fan', pin: 18, direction: 'out' }]],
    ['a pull of an output', [{ ...fan, pull: 'up' }]],
    ['a safe state of an input', [{ ...door, safe: 'on' }]],
    ['two lines of one name', [door, { ...fan, name: 'door' }]],
    ['two lines of one pin', [door, { ...fan, pin: 17 }]],
    ['a pin below 0', [{ ...door, pin: -1 }]],
    ['a debounce time without end', [{ ...door, debounceMs: 1e9 }]],
    ['a name with a path in it', [{ ...door, name: '../door' }]],
    ['too many lines', Array.from({ length: 65 }, (_, pin) => ({ ...door, name: `door-${pin}`, pin }))],
  ])('refuses %s', (_what, lines) => {
    expect(linesSchema.safeParse(lines).success).toBe(false)
  })

  it('lets one number be used on two chips', () => {
    expect(linesSchema.safeParse([door, { ...fan, pin: 17, chip: 'expander' }]).success).toBe(true)
  })

  it('tells where on the header a pin is, and nothing of pins elsewhere', () => {
    const clock = new VirtualClock()
    const lines = linesSchema.parse([door, { ...fan, pin: 40 }, { ...fan, name: 'far', pin: 2, chip: 'expander' }])
    const gpio = new GpioLines(
      { driver: new SimulatedLines({ clock }), clock, logger: silentLogger },
      { lines, header: headers.full },
    )
    expect(gpio.lines().map(({ position }) => position)).toEqual([11, undefined, undefined])
  })
})
