import { FleetError, type FleetErrorCode, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, describe, expect, it } from 'vitest'
import type { LineDriver } from '../driver.ts'
import type { LineState } from '../gpio.ts'
import { GpioLines } from '../lines.ts'
import { linesSchema } from '../settings.ts'
import type { Voltage } from '../simulated/pin.ts'

/** `dead`: the line stops answering. `stuck`: its voltage stays, whatever drives it. `busy`: another program holds it. */
export type BenchFault = 'dead' | 'stuck' | 'busy'

/** What a suite needs of the hardware behind a driver, header pins by their BCM numbers. */
export interface Bench {
  /** A driver as a new process has it, over the same hardware. */
  readonly driver: () => LineDriver
  /** Done when whoever watches the pin was told, where that does not wait for the suite's clock. */
  readonly drive: (pin: number, voltage: Voltage) => void | Promise<void>
  /** What a witness that is not the driver sees at the pin. */
  readonly voltage: (pin: number) => Voltage
  /** Whether the board drives the pin. */
  readonly isOutput: (pin: number) => boolean
  readonly inject: (pin: number, fault: BenchFault) => void | Promise<void>
  readonly mend: (pin: number) => void | Promise<void>
  /** The process that used the lines is killed. */
  readonly crash: () => void
  readonly dispose: () => void | Promise<void>
}

/**
 * What every driver promises.
 * @param faults those that the bench can inject; what a stuck line shows is not asked where none can be made. Default all
 */
export function describeGpioConformance(
  name: string,
  makeBench: (clock: VirtualClock) => Bench,
  faults: readonly BenchFault[] = ['dead', 'stuck', 'busy'],
): void {
  describe(`${name} as GPIO`, () => {
    const benches: Bench[] = []

    function set(...lines: readonly object[]) {
      const clock = new VirtualClock()
      const bench = makeBench(clock)
      benches.push(bench)
      const parsed = linesSchema.parse(lines)
      const process = (driver = bench.driver()): GpioLines =>
        new GpioLines({ driver, clock, logger: silentLogger }, { lines: parsed })
      return { clock, bench, gpio: process(), process }
    }

    function refusal(act: () => unknown): FleetErrorCode | undefined {
      try {
        act()
      } catch (error) {
        return error instanceof FleetError ? error.code : 'INTERNAL'
      }
      return undefined
    }

    const stateOf = (gpio: GpioLines, line: string): LineState | undefined =>
      gpio.lines().find((state) => state.name === line)

    afterEach(async () => {
      for (const bench of benches.splice(0)) await bench.dispose()
    })

    const door = { name: 'door', pin: 17, direction: 'in' }
    const fan = { name: 'fan', pin: 18, direction: 'out', safe: 'on' }

    it('reads an input, and reads it the other way round when it is active low', async () => {
      const { bench, gpio } = set(door, { name: 'lid', pin: 22, direction: 'in', activeLow: true })
      await gpio.start()
      for (const [voltage, level, inverse] of [
        ['high', 'on', 'off'],
        ['low', 'off', 'on'],
      ] as const) {
        await bench.drive(17, voltage)
        await bench.drive(22, voltage)
        expect(gpio.read('door').level).toBe(level)
        expect(gpio.read('lid').level).toBe(inverse)
      }
    })

    it.each([
      [false, 'high'],
      [true, 'low'],
    ] as const)('writes an output that is active low: %s', async (activeLow, voltageOfOn) => {
      const { bench, gpio } = set({ ...fan, safe: 'off', activeLow })
      await gpio.start()
      expect(bench.voltage(18)).not.toBe(voltageOfOn)
      expect(gpio.write('fan', 'on').level).toBe('on')
      expect(bench.voltage(18)).toBe(voltageOfOn)
      expect(gpio.read('fan').level).toBe('on')
      gpio.write('fan', 'off')
      expect(bench.voltage(18)).not.toBe(voltageOfOn)
    })

    it('drives outputs to safety before anything else, and their initial levels when it starts', async () => {
      const { bench, gpio, clock } = set(
        { ...fan, initial: 'off' },
        { name: 'relay', pin: 23, direction: 'out', safe: 'on', activeLow: true },
        door,
      )
      const states = gpio.applySafeStates()
      expect(clock.monotonicMs()).toBe(0)
      expect(states.map(({ name: line, state }) => [line, state])).toEqual([
        ['fan', 'present'],
        ['relay', 'present'],
      ])
      expect([bench.voltage(18), bench.voltage(23)]).toEqual(['high', 'low'])
      expect(stateOf(gpio, 'door')?.state).toBe('closed')
      await gpio.start()
      expect([bench.voltage(18), bench.voltage(23)]).toEqual(['low', 'low'])
      expect(stateOf(gpio, 'door')?.state).toBe('present')
    })

    it('takes outputs back to safety when asked again', async () => {
      const { bench, gpio } = set(fan)
      await gpio.start()
      gpio.write('fan', 'off')
      gpio.applySafeStates()
      expect(bench.voltage(18)).toBe('high')
    })

    it('leaves outputs driven at their safe levels when it stops', async () => {
      const { bench, gpio } = set(fan, { name: 'lamp', pin: 24, direction: 'out', safe: 'keep', initial: 'on' })
      await gpio.start()
      gpio.write('fan', 'off')
      await gpio.stop()
      await gpio.stop()
      expect([bench.voltage(18), bench.isOutput(18)]).toEqual(['high', true])
      expect([bench.voltage(24), bench.isOutput(24)]).toEqual(['high', true])
      expect(gpio.lines().map(({ state }) => state)).toEqual(['closed', 'closed'])
      expect(refusal(() => gpio.write('fan', 'off'))).toBe('UNAVAILABLE')
    })

    it('can be started again after it stopped', async () => {
      const { bench, gpio, clock } = set(fan, door)
      await gpio.start()
      await gpio.stop()
      await gpio.start()
      gpio.write('fan', 'off')
      expect(bench.voltage(18)).toBe('low')
      const watch = gpio.watch('door')
      await bench.drive(17, 'high')
      await clock.advance(1)
      expect(watch.take()).toHaveLength(1)
    })

    it('makes safe what a crash left on, and keeps what is to be kept', async () => {
      const { bench, gpio, process } = set(
        { ...fan, safe: 'off' },
        { name: 'lamp', pin: 24, direction: 'out', safe: 'keep', activeLow: true },
      )
      await gpio.start()
      expect(bench.voltage(24), 'what was no output begins switched off').toBe('high')
      gpio.write('fan', 'on')
      gpio.write('lamp', 'on')
      bench.crash()
      const next = process()
      next.applySafeStates()
      expect([bench.voltage(18), bench.voltage(24)]).toEqual(['low', 'low'])
      expect(next.read('lamp').level).toBe('on')
    })

    it('tells edges with level, time and number, of the kinds asked for', async () => {
      const { bench, gpio, clock } = set(door)
      await gpio.start()
      const [both, rising] = [gpio.watch('door'), gpio.watch('door', { edge: 'rising' })]
      for (const voltage of ['high', 'low', 'high'] as const) {
        await clock.advance(100)
        await bench.drive(17, voltage)
      }
      await clock.advance(100)
      expect(both.take()).toEqual([
        { line: 'door', kind: 'rising', level: 'on', atMs: 100, sequence: 1 },
        { line: 'door', kind: 'falling', level: 'off', atMs: 200, sequence: 2 },
        { line: 'door', kind: 'rising', level: 'on', atMs: 300, sequence: 3 },
      ])
      expect(both.take()).toEqual([])
      expect(rising.take().map(({ atMs, sequence }) => [atMs, sequence])).toEqual([
        [100, 1],
        [300, 2],
      ])
    })

    it('calls a fall of the voltage rising where the line is active low', async () => {
      const { bench, gpio, clock } = set({ ...door, activeLow: true })
      await bench.drive(17, 'high')
      await gpio.start()
      const watch = gpio.watch('door', { edge: 'rising' })
      await bench.drive(17, 'low')
      await clock.advance(1)
      expect(watch.take().map(({ level }) => level)).toEqual(['on'])
    })

    it('drops the oldest edges of a full queue, counts them, and wakes its reader once', async () => {
      const { bench, gpio, clock } = set(door)
      await gpio.start()
      const watch = gpio.watch('door', { capacity: 3 })
      let wakings = 0
      watch.arrived.subscribe(() => wakings++)
      for (let count = 1; count <= 10; count++) {
        await bench.drive(17, count % 2 === 1 ? 'high' : 'low')
        await clock.advance(10)
      }
      expect(watch.overflow).toBe(7)
      expect(watch.take().map(({ sequence }) => sequence)).toEqual([8, 9, 10])
      expect(wakings).toBe(1)
      await bench.drive(17, 'high')
      await clock.advance(10)
      expect(wakings).toBe(2)
    })

    it('reports a contact that bounces once, since when it has held', async () => {
      const { bench, gpio, clock } = set({ ...door, debounceMs: 20 })
      await gpio.start()
      const watch = gpio.watch('door')
      for (const voltage of ['high', 'low', 'high', 'low', 'high'] as const) {
        await bench.drive(17, voltage)
        await clock.advance(5)
      }
      await clock.advance(14)
      expect(watch.take()).toEqual([])
      await clock.advance(1)
      expect(watch.take()).toEqual([{ line: 'door', kind: 'rising', level: 'on', atMs: 20, sequence: 1 }])
      expect(stateOf(gpio, 'door')?.bounces, 'two pulses').toBe(2)
    })

    it('tells nobody of a glitch', async () => {
      const { bench, gpio, clock } = set({ ...door, debounceMs: 20 })
      await gpio.start()
      const watch = gpio.watch('door')
      await bench.drive(17, 'high')
      await clock.advance(5)
      await bench.drive(17, 'low')
      await clock.advance(1000)
      expect(watch.take()).toEqual([])
    })

    it('leaves no timer behind, and tells nothing more, once it stopped', async () => {
      const { bench, gpio, clock } = set({ ...door, debounceMs: 20 })
      await gpio.start()
      const watch = gpio.watch('door')
      await bench.drive(17, 'high')
      await clock.advance(1)
      await gpio.stop()
      expect(clock.pending).toBe(0)
      await bench.drive(17, 'low')
      await clock.advance(1000)
      expect(watch.take()).toEqual([])
    })

    it('is absent with a reason where there is no such chip or line, and the other lines work', async () => {
      const { gpio } = set(
        { name: 'far', pin: 1, chip: 'no-such-chip', direction: 'in' },
        { name: 'beyond', pin: 1000, direction: 'out', safe: 'off' },
        fan,
      )
      await gpio.start()
      expect(stateOf(gpio, 'far')).toMatchObject({ state: 'absent', absence: { reason: 'no-chip' } })
      expect(stateOf(gpio, 'beyond')).toMatchObject({ state: 'absent', absence: { reason: 'no-line' } })
      expect(refusal(() => gpio.read('far'))).toBe('UNAVAILABLE')
      expect(refusal(() => gpio.write('beyond', 'on'))).toBe('UNAVAILABLE')
      expect(gpio.read('fan').level).toBe('on')
      await gpio.stop()
    })

    it('is absent while another holds the line, and made safe as soon as it is free', async () => {
      const { bench, gpio, clock } = set(fan)
      await bench.inject(18, 'busy')
      const seen: string[] = []
      gpio.changes.subscribe(({ state }) => seen.push(state))
      expect(gpio.applySafeStates()).toMatchObject([{ state: 'absent', absence: { reason: 'busy' } }])
      await gpio.start()
      await clock.advance(10_000)
      await bench.mend(18)
      await clock.advance(60_000)
      expect(stateOf(gpio, 'fan')?.state).toBe('present')
      expect(bench.voltage(18)).toBe('high')
      expect(seen).toEqual(['absent', 'present'])
      expect(clock.pending).toBe(0)
    })

    it('is absent when it dies under way, and tells the edge that was missed when it is back', async () => {
      const { bench, gpio, clock } = set(door)
      await gpio.start()
      const watch = gpio.watch('door')
      await bench.inject(17, 'dead')
      await clock.advance(1)
      // Not every kernel wakes those who watch a line when its chip goes: it is found out by reading at the latest.
      expect(refusal(() => gpio.read('door'))).toBe('UNAVAILABLE')
      expect(stateOf(gpio, 'door')).toMatchObject({
        state: 'absent',
        absence: { reason: 'failed' },
        watchable: false,
      })
      await bench.drive(17, 'high')
      await bench.mend(17)
      await clock.advance(60_000)
      expect(gpio.read('door').level).toBe('on')
      expect(watch.take().map(({ level }) => level)).toEqual(['on'])
    })

    it.each(faults.filter((fault) => fault === 'stuck'))('says so when an output is %s', async (fault) => {
      const { bench, gpio } = set(fan)
      await gpio.start()
      await bench.inject(18, fault)
      expect(refusal(() => gpio.write('fan', 'off'))).toBe('UNAVAILABLE')
      expect(stateOf(gpio, 'fan')?.state).toBe('present')
    })

    it('refuses what a line cannot do', async () => {
      const { gpio } = set(fan, door)
      await gpio.start()
      expect(refusal(() => gpio.read('window'))).toBe('NOT_FOUND')
      expect(refusal(() => gpio.write('door', 'on'))).toBe('INPUT_INVALID')
      expect(refusal(() => gpio.watch('fan'))).toBe('INPUT_INVALID')
      expect(refusal(() => gpio.watch('door', { capacity: 0 }))).toBe('INPUT_INVALID')
      const watches = Array.from({ length: 16 }, () => gpio.watch('door'))
      expect(refusal(() => gpio.watch('door'))).toBe('TOO_LARGE')
      watches[0]?.close()
      expect(refusal(() => gpio.watch('door'))).toBeUndefined()
    })
  })
}
