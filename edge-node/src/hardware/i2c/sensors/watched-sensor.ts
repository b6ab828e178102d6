import { type Clock, FleetError } from '@wrale/kernel'
import { z } from 'zod'
import type { I2cBus } from '../bus.ts'
import { faultOf, type I2cFault } from '../faults.ts'
import {
  type QuantityDefinition,
  type ReadSensor,
  type SensorDriver,
  type SensorUnit,
  type SensorValues,
  isConfigurationLost,
} from './driver.ts'
import {
  type AbsentReason,
  freshWatch,
  type Observation,
  type Verdict,
  watch,
  type WatchLimits,
  type WatchState,
} from './watcher.ts'

/** What a person may change of how a quantity is watched. null switches a check off. */
export const watchOverrideSchema = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  maxPerSecond: z.number().positive().nullable().optional(),
  stuckAfterMs: z.number().positive().nullable().optional(),
  goodToRecover: z.number().int().min(1).max(100).optional(),
})
export type WatchOverride = z.infer<typeof watchOverrideSchema>

export interface WatchedSensorOptions {
  readonly address: number
  /** As the driver's `settingsSchema` takes them. Default: none given. */
  readonly settings?: unknown
  /** By quantity. Default: the driver's own limits. */
  readonly watch?: Readonly<Record<string, WatchOverride>>
}

export interface SensorReading {
  readonly unit: SensorUnit
  readonly verdict: Verdict
}

/**
 * One chip on one bus, read and judged. It sets the chip up before the first reading and again after a failure or when the chip has lost
 * its configuration, so a sensor that is unplugged and plugged in again goes on by itself. Holds no timer: whoever reads, asks.
 */
export class WatchedSensor {
  readonly chip: string
  readonly address: number
  readonly #bus: I2cBus
  readonly #clock: Clock
  readonly #driver: SensorDriver
  readonly #settings: unknown
  readonly #limits: Readonly<Record<string, WatchLimits>>
  readonly #states = new Map<string, WatchState>()
  #read: ReadSensor | undefined
  #sampling: Promise<Readonly<Record<string, SensorReading>>> | undefined

  /** @throws {FleetError} CONFIG_INVALID for an address that the chip cannot have, settings that it does not take, or an unknown quantity */
  constructor(
    deps: { readonly bus: I2cBus; readonly clock: Clock; readonly driver: SensorDriver },
    options: WatchedSensorOptions,
  ) {
    const { driver } = deps
    this.chip = driver.chip
    this.address = options.address
    this.#bus = deps.bus
    this.#clock = deps.clock
    this.#driver = driver
    if (!driver.addresses.includes(options.address)) throw this.#invalid('the chip cannot have this address')
    const settings = driver.settingsSchema.safeParse(options.settings ?? {})
    if (!settings.success) throw this.#invalid(z.prettifyError(settings.error))
    this.#settings = settings.data
    for (const name of Object.keys(options.watch ?? {}))
      if (!Object.hasOwn(driver.quantities, name)) throw this.#invalid(`it does not measure ${name}`)
    this.#limits = Object.fromEntries(
      Object.entries(driver.quantities).map(([name, definition]) => [
        name,
        limitsOf(definition, options.watch?.[name]),
      ]),
    )
  }

  /** Reads the chip once and judges each quantity. Never rejects. Callers at the same time share one reading. */
  async sample(): Promise<Readonly<Record<string, SensorReading>>> {
    this.#sampling ??= this.#sample().finally(() => {
      this.#sampling = undefined
    })
    return this.#sampling
  }

  async #sample(): Promise<Readonly<Record<string, SensorReading>>> {
    const outcome = await this.#observe()
    const nowMs = this.#clock.monotonicMs()
    const readings: Record<string, SensorReading> = {}
    for (const [name, { unit }] of Object.entries(this.#driver.quantities)) {
      const limits = this.#limits[name]
      if (limits === undefined) continue
      const observation = 'values' in outcome ? observed(outcome.values[name]) : outcome
      const { state, verdict } = watch(this.#states.get(name) ?? freshWatch, observation, limits, nowMs)
      this.#states.set(name, state)
      readings[name] = { unit, verdict }
    }
    return readings
  }

  async #observe(): Promise<Exclude<Observation, { value: number }> | { readonly values: SensorValues }> {
    try {
      return await this.#readConfigured()
    } catch (error) {
      this.#read = undefined
      return failureOf(error)
    }
  }

  async #readConfigured(): Promise<{ readonly values: SensorValues } | { readonly bad: 'wrong-chip' }> {
    for (let attempt = 0; ; attempt++) {
      if (this.#read === undefined) {
        if ((await this.#driver.identify(this.#bus, this.address)) === 'mismatch') return { bad: 'wrong-chip' }
        this.#read = await this.#driver.configure(this.#bus, this.address, this.#settings)
      }
      try {
        const values = await this.#read()
        // A chip that is unplugged while it sends leaves ones on the wire, and no transfer fails of that: it has to be there still.
        await this.#bus.receiveByte(this.address)
        return { values }
      } catch (error) {
        // Once: a chip that does not keep what is written to it is broken.
        if (!isConfigurationLost(error) || attempt > 0) throw error
        this.#read = undefined
      }
    }
  }

  #invalid(why: string): FleetError {
    return new FleetError('CONFIG_INVALID', `sensor ${this.chip}: ${why}`, { chip: this.chip, address: this.address })
  }
}

const absentFaults: Readonly<Partial<Record<I2cFault, AbsentReason>>> = {
  'no-answer': 'no-device',
  held: 'held',
  'bus-absent': 'no-bus',
  forbidden: 'no-bus',
  stopped: 'no-bus',
}

function failureOf(error: unknown): Exclude<Observation, { value: number }> {
  const fault = faultOf(error)
  const absent = fault === undefined ? undefined : absentFaults[fault]
  return absent === undefined ? { bad: 'bus-error' } : { absent }
}

function observed(value: number | undefined): Observation {
  return value === undefined ? { absent: 'not-measured' } : { value }
}

function limitsOf(definition: QuantityDefinition, override: WatchOverride = {}): WatchLimits {
  const maxPerSecond = override.maxPerSecond === undefined ? definition.maxPerSecond : override.maxPerSecond
  const stuckAfterMs = override.stuckAfterMs === undefined ? definition.stuckAfterMs : override.stuckAfterMs
  return {
    // Narrower than the chip's range is a choice; wider is not: outside it nothing is measured.
    min: Math.max(definition.min, override.min ?? definition.min),
    max: Math.min(definition.max, override.max ?? definition.max),
    ...(typeof maxPerSecond === 'number' ? { maxPerSecond } : {}),
    ...(typeof stuckAfterMs === 'number' ? { stuckAfterMs } : {}),
    ...(override.goodToRecover === undefined ? {} : { goodToRecover: override.goodToRecover }),
  }
}
