import { FleetError, toFleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SensorDriver } from '../sensors/driver.ts'
import { WatchedSensor } from '../sensors/watched-sensor.ts'
import { SerialBus } from '../serial-bus.ts'
import { SimulatedI2cAdapter } from '../simulated/adapter.ts'
import type { SimulatedChip } from '../simulated/chip.ts'

export interface SensorUnderTest {
  readonly driver: SensorDriver
  readonly settings?: unknown
  /** A chip in a world of ordinary values. */
  readonly chip: SimulatedChip
  /** What it must show of that world, with the error that its steps allow. */
  readonly expected: Readonly<Record<string, { readonly value: number; readonly within: number }>>
  /** Moves every quantity a little, as noise does. */
  readonly stir: (step: number) => void
}

/** What every driver of a chip promises. */
export function describeSensorConformance(name: string, make: () => SensorUnderTest): void {
  describe(`${name} as a sensor`, () => {
    function setUp(smbusOnly = false) {
      const test = make()
      const clock = new VirtualClock()
      const adapter = new SimulatedI2cAdapter({ smbusOnly, random: () => 0.999 })
      const address = test.driver.addresses[0] ?? 0
      adapter.attach(address, test.chip)
      const bus = new SerialBus({ adapter, clock }, { deadlineMs: 250 })
      const options = { address, ...(test.settings === undefined ? {} : { settings: test.settings }) }
      const sensor = new WatchedSensor({ bus, clock, driver: test.driver }, options)
      const verdicts = async () =>
        Object.values(await sensor.sample()).map(({ verdict }) =>
          verdict.status === 'ok' ? 'ok' : `${verdict.status}: ${verdict.reason}`,
        )
      return { ...test, clock, adapter, address, bus, sensor, verdicts }
    }

    it.each([
      ['an I2C', false],
      ['an SMBus-only', true],
    ])('shows what is there, in the units it names, on %s bus', async (_, smbusOnly) => {
      const { sensor, expected, driver } = setUp(smbusOnly)
      const readings = await sensor.sample()
      expect(Object.keys(readings)).toEqual(Object.keys(expected))
      for (const [quantity, { value, within }] of Object.entries(expected)) {
        const reading = readings[quantity]
        expect(reading?.unit).toBe(driver.quantities[quantity]?.unit)
        if (reading?.verdict.status !== 'ok') throw new Error(`${quantity}: ${JSON.stringify(reading)}`)
        expect(Math.abs(reading.verdict.value - value), quantity).toBeLessThanOrEqual(within)
      }
    })

    it('does not take itself for what it is not', async () => {
      const { bus, address, driver } = setUp()
      expect(['match', 'unknown']).toContain(await driver.identify(bus, address))
    })

    it('is absent when unplugged, and believed again only after several good readings', async () => {
      const { adapter, address, verdicts, clock, stir, expected } = setUp()
      const all = (verdict: string) => Object.keys(expected).map(() => verdict)
      expect(await verdicts()).toEqual(all('ok'))
      adapter.setFault(address, 'unplug')
      expect(await verdicts()).toEqual(all('absent: no-device'))
      adapter.setFault(address, undefined)
      for (let step = 0; step < 2; step++) {
        await clock.advance(1000)
        stir(step)
        expect(await verdicts()).toEqual(all('bad: recovering'))
      }
      await clock.advance(1000)
      expect(await verdicts()).toEqual(all('ok'))
    })

    it('is set up again when its supply was cut between two readings', async () => {
      const { chip, sensor, expected, clock } = setUp()
      await sensor.sample()
      chip.powerOn()
      await clock.advance(1000)
      const readings = await sensor.sample()
      for (const [quantity, { value, within }] of Object.entries(expected)) {
        const verdict = readings[quantity]?.verdict
        if (verdict?.status !== 'ok') throw new Error(`${quantity}: ${JSON.stringify(verdict)}`)
        expect(Math.abs(verdict.value - value), quantity).toBeLessThanOrEqual(within)
      }
    })

    it('is bad and not a lie while the bus hangs, and does not wait longer than the deadline', async () => {
      const { adapter, sensor, verdicts, clock, expected } = setUp()
      await sensor.sample()
      adapter.hang()
      const hung = verdicts()
      await clock.advance(0)
      await clock.advance(250)
      expect(await hung).toEqual(Object.keys(expected).map(() => 'bad: bus-error'))
    })

    it('never throws and never rejects, whatever the chip says', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 64 }), async (noise) => {
          const { driver, bus, adapter, address, sensor, settings } = setUp()
          const read = await driver.configure(bus, address, driver.settingsSchema.parse(settings ?? {}))
          let next = 0
          adapter.attach(address, {
            write: () => undefined,
            powerOn: () => undefined,
            read: (length) => Uint8Array.from({ length }, () => noise[next++ % noise.length] ?? 0),
          })
          const outcome = await read().catch((error: unknown) => toFleetError(error))
          const isHonest =
            outcome instanceof FleetError
              ? outcome.code === 'CONFLICT'
              : Object.values(outcome).every((value) => typeof value === 'number')
          expect(isHonest).toBe(true)
          for (const { verdict } of Object.values(await sensor.sample())) {
            expect(verdict.status !== 'ok' || Number.isFinite(verdict.value)).toBe(true)
          }
        }),
        { numRuns: 100 },
      )
    })

    it('refuses an address that the chip cannot have, and settings that it does not take', () => {
      const { bus, clock, driver, address, settings } = setUp()
      const build = (options: ConstructorParameters<typeof WatchedSensor>[1]) => () =>
        new WatchedSensor({ bus, clock, driver }, options)
      expect(build({ address: 0x0c, settings })).toThrow(FleetError)
      expect(build({ address, settings: { nonsense: 1 } })).toThrow(FleetError)
      expect(build({ address, settings, watch: { nonsense: {} } })).toThrow(FleetError)
    })
  })
}
