import { FleetError } from '@wrale/kernel'
import type { z } from 'zod'
import type { I2cBus } from '../bus.ts'

/** SI and the catalogue's ratios (0 to 1). `bits` is a mask and not an amount. */
export type SensorUnit = 'celsius' | 'pascals' | 'ratio' | 'ratioPerHour' | 'volts' | 'amperes' | 'watts' | 'bits'

/** What a chip measures, and what a value must be like to be believed. */
export interface QuantityDefinition {
  readonly unit: SensorUnit
  /** What the chip can measure; outside it the value is not a measurement. */
  readonly min: number
  readonly max: number
  /** Fastest change that is physically plausible, units per second. Left out where the quantity may jump. */
  readonly maxPerSecond?: number
  /** A value that is bit for bit the same for longer is stuck, milliseconds. Left out where a value may rightly stay. */
  readonly stuckAfterMs?: number
}

/** What a chip says it is. `unknown`: it has no register that says so, and nothing speaks against it. */
export type ChipIdentity = 'match' | 'mismatch' | 'unknown'

/** Values by quantity in their units. NaN: the chip says itself that the value is invalid. Left out: not measured yet. */
export type SensorValues<Quantity extends string = string> = Readonly<Partial<Record<Quantity, number>>>

/** Takes one reading. Rejects with a fault of the bus, or with CONFLICT when the chip has lost its configuration. */
export type ReadSensor<Quantity extends string = string> = () => Promise<SensorValues<Quantity>>

/** One kind of chip. Drivers hold no state of a chip but what `configure` closes over, and no timers. */
export interface SensorDriver<Quantity extends string = string, Settings = unknown> {
  /** As in a configuration file: `tmp102`. */
  readonly chip: string
  /** Addresses that its pins can select. */
  readonly addresses: readonly number[]
  readonly quantities: Readonly<Record<Quantity, QuantityDefinition>>
  /** Settings with their defaults. */
  readonly settingsSchema: z.ZodType<Settings>
  /** Reads only. */
  identify(bus: I2cBus, address: number): Promise<ChipIdentity>
  /** Sets the chip up, which can be done again at any time, and gives the way to read it. */
  configure(bus: I2cBus, address: number, settings: Settings): Promise<ReadSensor<Quantity>>
}

/** For a chip whose registers are not as they were written: it lost its supply and starts from its defaults. */
export function configurationLost(chip: string, bus: I2cBus, address: number): FleetError {
  return new FleetError('CONFLICT', `the ${chip} has lost its configuration`, { chip, bus: bus.name, address })
}

export function isConfigurationLost(error: unknown): boolean {
  return error instanceof FleetError && error.code === 'CONFLICT' && 'chip' in error.meta
}

/** 16 bits as a two's complement number. */
export function signed16(word: number): number {
  return (word << 16) >> 16
}

/** Addresses from `first` on. */
export function addressRange(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}
