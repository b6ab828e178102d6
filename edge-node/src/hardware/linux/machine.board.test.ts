import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@wrale/kernel'
import { afterEach, describe, expect, it } from 'vitest'
import { describeBoardConformance } from '../testing/board-conformance.ts'
import { charge, feed } from '../testing/virtual-machine.ts'
import { LinuxBoard } from './board.ts'

const make = (): LinuxBoard => new LinuxBoard({ clock: systemClock }, { diskPath: tmpdir() })

describeBoardConformance('the virtual board', async () => ({ board: make(), pass: (ms) => sleep(Math.min(ms, 60)) }))

describe('power supplies of the kernel', () => {
  afterEach(() => feed(true))

  it('are told apart while mains goes and comes back', async () => {
    const board = make()
    feed(true)
    expect((await board.sample()).powerSource).toBe('mains')
    feed(false)
    charge(37)
    const { powerSource, readings } = await board.sample()
    expect(powerSource).toBe('battery')
    expect(readings.batteryRatio).toBeCloseTo(0.37, 6)
    feed(true)
    expect((await board.sample()).powerSource).toBe('mains')
  })
})

it('names what the kernel has for each part', async () => {
  const { parts } = await make().describe()
  const present = parts.filter((part) => part.present).map(({ name }) => name)
  expect(present).toEqual(
    expect.arrayContaining(['temperature-sensor', 'fan', 'battery', 'watchdog', 'i2c', 'network']),
  )
})
