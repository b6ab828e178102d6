import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, describe, expect, it } from 'vitest'
import type { LineState } from '../gpio.ts'
import { GpioLines } from '../lines.ts'
import { linesSchema, maxLines } from '../settings.ts'
import { describeGpioConformance } from '../testing/gpio-conformance.ts'
import { GpioTree, onoffOver, type TreeChip } from '../testing/gpio-tree.ts'
import { LinuxLines } from './lines.ts'
import type { OnoffClass } from './onoff.ts'

const chips = {
  pi4: [
    { base: 512, label: 'pinctrl-bcm2711', lines: 58 },
    { base: 570, label: 'raspberrypi-exp-gpio', lines: 8 },
  ],
  pi5: [
    { base: 512, label: 'gpio-brcmstb@107d508500', lines: 32 },
    { base: 571, label: 'pinctrl-rp1', lines: 54 },
  ],
  pi3OldKernel: [{ base: 0, label: 'pinctrl-bcm2835', lines: 54 }],
  sim: [{ base: 520, label: 'gpio-sim.0-node0', lines: 64 }],
} satisfies Record<string, readonly TreeChip[]>

describeGpioConformance('linux', (clock) => {
  const tree = new GpioTree(clock, chips.pi4)
  const number = (pin: number): number => 512 + pin
  return {
    driver: () => new LinuxLines({ root: tree.root, loadGpio: () => onoffOver(tree) }),
    drive: (pin, voltage) => tree.drive(number(pin), voltage),
    voltage: (pin) => tree.pin(number(pin)).voltage,
    isOutput: (pin) => tree.pin(number(pin)).direction === 'out',
    inject: (pin, fault) => {
      if (fault === 'stuck') tree.pin(number(pin)).stuck = true
      else if (fault === 'busy') tree.pin(number(pin)).exportError = 'EBUSY'
      else tree.fail(number(pin), 'EIO')
    },
    mend: (pin) => tree.mend(number(pin)),
    crash: () => tree.crash(),
    dispose: () => tree.dispose(),
  }
})

describe('lines of the kernel', () => {
  const trees: GpioTree[] = []

  afterEach(() => {
    for (const tree of trees.splice(0)) tree.dispose()
  })

  function set(board: readonly TreeChip[], lines: readonly object[], loadGpio?: () => OnoffClass) {
    const clock = new VirtualClock()
    const tree = new GpioTree(clock, board)
    trees.push(tree)
    const driver = new LinuxLines({ root: tree.root, loadGpio: loadGpio ?? (() => onoffOver(tree)) })
    const gpio = new GpioLines({ driver, clock, logger: silentLogger }, { lines: linesSchema.parse(lines) })
    return { clock, tree, gpio }
  }

  async function onlyState(
    board: readonly TreeChip[],
    line: object,
    prepare: (tree: GpioTree) => void = () => undefined,
  ) {
    const { gpio, tree } = set(board, [line])
    prepare(tree)
    await gpio.start()
    const [state] = gpio.lines()
    await gpio.stop()
    return state as LineState
  }

  const door = { name: 'door', pin: 17, direction: 'in' }
  const fan = { name: 'fan', pin: 18, direction: 'out', safe: 'on' }

  it.each([
    ['a Pi 4', chips.pi4, 529, {}],
    ['a Pi 5', chips.pi5, 588, {}],
    ['a Pi 3 with an old kernel', chips.pi3OldKernel, 17, {}],
    ['a chip that the configuration names', chips.sim, 537, { chip: 'gpio-sim.0-node0' }],
  ])('finds the number of BCM 17 on %s', async (_name, board, number, extra) => {
    const { gpio, tree } = set(board, [{ ...door, ...extra }])
    await gpio.start()
    expect(tree.isExported(number)).toBe(true)
    tree.drive(number, 'high')
    expect(gpio.read('door').level).toBe('on')
    await gpio.stop()
    expect(tree.isExported(number), 'inputs are given back').toBe(false)
  })

  it('does not choose between two chips of one label', async () => {
    const twins = [0, 100].map((base) => ({ base, label: 'expander', lines: 8 }))
    const { absence } = await onlyState(twins, { ...door, pin: 1, chip: 'expander' })
    expect(absence?.reason).toBe('no-chip')
    expect(absence?.detail).toContain('2 GPIO chips')
  })

  it.each([
    ['EBUSY', 'busy'],
    ['EACCES', 'no-permission'],
    ['EINVAL', 'no-line'],
    ['EIO', 'failed'],
  ])('calls a line whose export answers %s %s', async (code, reason) => {
    const state = await onlyState(chips.pi4, fan, (tree) => void (tree.pin(530).exportError = code))
    expect(state).toMatchObject({ state: 'absent', absence: { reason } })
  })

  it('is absent when the library passes over a direction that could not be set', async () => {
    const state = await onlyState(chips.pi4, fan, (tree) => {
      tree.export(530)
      tree.pin(530).directionError = 'EACCES'
    })
    expect(state).toMatchObject({ state: 'absent', absence: { reason: 'no-permission' } })
  })

  it('does not take for an input what another program made an output for good', async () => {
    const state = await onlyState(chips.pi4, door, (tree) => {
      tree.export(529)
      tree.store(529, 'direction', 'high')
      tree.pin(529).directionError = 'EIO'
    })
    expect(state).toMatchObject({ state: 'absent', absence: { reason: 'failed' } })
  })

  it('is absent where the kernel has no such interface, and where the library does not load', async () => {
    const clock = new VirtualClock()
    const nowhere = new GpioLines(
      { driver: new LinuxLines({ root: '/nonexistent/gpio' }), clock, logger: silentLogger },
      { lines: linesSchema.parse([fan]) },
    )
    expect(nowhere.applySafeStates()).toMatchObject([{ state: 'absent', absence: { reason: 'no-interface' } }])
    const { gpio } = set(chips.pi4, [fan], () => {
      throw new Error('was compiled against a different Node.js version\nmore')
    })
    expect(gpio.applySafeStates()).toMatchObject([
      {
        state: 'absent',
        absence: {
          reason: 'no-driver',
          detail: 'the onoff package cannot be loaded: was compiled against a different Node.js version',
        },
      },
    ])
  })

  it('says that a pull cannot be set here', async () => {
    expect((await onlyState(chips.pi4, { ...door, pull: 'up' })).pull).toBe('unsupported')
    expect((await onlyState(chips.pi4, door)).pull).toBe('not-asked')
  })

  it('reads lines without interrupts, and refuses to watch them', async () => {
    const { gpio, tree } = set(chips.pi4, [door])
    tree.pin(529).hasInterrupt = false
    await gpio.start()
    expect(gpio.lines()).toMatchObject([{ state: 'present', watchable: false }])
    expect(gpio.read('door').level).toBe('off')
    expect(() => gpio.watch('door')).toThrow('no interrupt')
  })

  it('counts a pulse that is over before its level is read', async () => {
    const { gpio, tree, clock } = set(chips.pi4, [door])
    await gpio.start()
    const watch = gpio.watch('door')
    tree.drive(529, 'high')
    tree.drive(529, 'low')
    await clock.advance(1)
    expect(watch.take()).toEqual([])
    expect(gpio.lines()[0]?.bounces).toBeGreaterThan(0)
  })

  it('never drives an output to its other level on the way to the safe one', async () => {
    const { gpio, tree } = set(chips.pi4, [{ ...fan, safe: 'off', activeLow: true }])
    const seen: string[] = []
    tree.onVoltage = (_number, voltage) => seen.push(voltage)
    gpio.applySafeStates()
    await gpio.start()
    await gpio.stop()
    await gpio.start()
    expect(seen).toEqual(['high'])
  })

  it('makes as many outputs safe as there may be in one call, without waiting for anything', () => {
    const lines = Array.from({ length: maxLines }, (_, pin) => {
      return { ...fan, name: `line-${pin}`, pin, chip: 'gpio-sim.0-node0' }
    })
    const { gpio, tree, clock } = set(chips.sim, lines)
    expect(gpio.applySafeStates().every(({ state }) => state === 'present')).toBe(true)
    expect(clock.pending).toBe(0)
    expect(lines.every(({ pin }) => tree.pin(520 + pin).voltage === 'high')).toBe(true)
  })
})
