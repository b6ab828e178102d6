import type { Clock } from '@wrale/kernel'
import type { EdgeConfig, SimulatedFault } from '@wrale/protocol/config'
import { type Board, type BoardDescription, type BoardSample, partNames } from '../board.ts'
import { batteryJoules } from './battery.ts'
import {
  cores,
  diskTotalBytes,
  type MachineState,
  memoryTotalBytes,
  startMachine,
  stepMachine,
  stepSeconds,
} from './machine.ts'
import type { Devices } from '../devices.ts'
import type { LineDriver } from '../gpio/driver.ts'
import { SimulatedLines } from '../gpio/simulated/lines.ts'
import type { I2cAdapter } from '../i2c/adapter.ts'
import { SimulatedI2cAdapter } from '../i2c/simulated/adapter.ts'
import type { Random } from './random.ts'
import { readSensors } from './sensors.ts'
import type { SimulatedChange } from './settings.ts'

/** After a longer pause (the process was frozen) only this much of it is lived through, seconds. */
const mostCatchUpSeconds = 3600

/** Says what the part is, or that the simulated board has none. */
const partDetails: Readonly<Record<(typeof partNames)[number], string | undefined>> = {
  'temperature-sensor': 'simulated die sensor',
  fan: 'simulated 5000 rpm fan',
  battery: 'simulated 10 Wh pack',
  'power-meter': 'simulated',
  'supply-meter': 'simulated 5 V rail',
  storage: 'simulated 32 GB card',
  network: 'simulated',
  watchdog: undefined,
  gpio: undefined,
  i2c: undefined,
  'cpu-limit': undefined,
  'power-down': undefined,
  'real-time-clock': undefined,
}

export interface SimulatedBoardOptions {
  /** Determines load and noise. */
  readonly seed: number
  /** Air around it at the start, degrees Celsius. */
  readonly ambientCelsius: number
  /** Faults that begin by themselves. */
  readonly faults?: EdgeConfig['simulation']['faults']
}

/** A board that exists as equations. It moves when it is looked at: no timers, and a test's clock can step it. */
export class SimulatedBoard implements Board {
  readonly simulated = true
  readonly #clock: Clock
  readonly #startMs: number
  readonly #serial: string
  readonly #random: Random
  readonly #faults = new Set<SimulatedFault>()
  #scheduled: readonly { readonly fault: SimulatedFault; readonly afterSeconds: number }[]
  #ambientCelsius: number
  #loadRatio: number | undefined
  #state: MachineState
  #steps = 0
  readonly #lines: SimulatedLines
  readonly #buses = new Map<number, I2cAdapter>()
  #stuckCelsius: number | undefined

  constructor(deps: { readonly clock: Clock }, options: SimulatedBoardOptions) {
    this.#clock = deps.clock
    this.#startMs = deps.clock.monotonicMs()
    this.#lines = new SimulatedLines({ clock: deps.clock })
    this.#serial = `sim-${options.seed.toString(16).padStart(8, '0')}`
    this.#ambientCelsius = options.ambientCelsius
    this.#scheduled = options.faults ?? []
    const { state, random } = startMachine(options.seed, {
      ambientCelsius: options.ambientCelsius,
      faults: this.#faults,
    })
    this.#state = state
    this.#random = random
  }

  describe(): Promise<BoardDescription> {
    return Promise.resolve({
      hardware: {
        model: 'Simulated board (Raspberry Pi 4 class)',
        serial: this.#serial,
        architecture: 'arm64',
        cores,
        memoryBytes: memoryTotalBytes,
        diskBytes: diskTotalBytes,
      },
      parts: partNames.map((name) => {
        const detail = partDetails[name]
        return detail === undefined ? { name, present: false } : { name, present: true, detail }
      }),
    })
  }

  sample(): Promise<BoardSample> {
    this.#catchUp()
    const { readings, ...rest } = readSensors(this.#state, this.#faults, this.#uptimeSeconds())
    const stuck = this.#stuckCelsius
    return Promise.resolve({
      ...rest,
      readings: stuck === undefined ? readings : { ...readings, temperatureCelsius: stuck },
    })
  }

  devices(): Devices {
    return {}
  }

  lineDriver(): LineDriver {
    return this.#lines
  }

  i2cAdapter(bus: number): I2cAdapter {
    let adapter = this.#buses.get(bus)
    if (adapter === undefined) this.#buses.set(bus, (adapter = new SimulatedI2cAdapter({ name: `i2c-${bus}` })))
    return adapter
  }

  faults(): readonly SimulatedFault[] {
    return [...this.#faults]
  }

  /** Begins a fault. Beginning one that is there changes nothing. */
  inject(fault: SimulatedFault): void {
    this.#catchUp()
    this.#begin(fault)
    this.#step()
  }

  /** Ends one fault, or all of them; faults that are still to begin by themselves stay to come. */
  clear(fault?: SimulatedFault): void {
    this.#catchUp()
    if (fault === undefined) this.#faults.clear()
    else this.#faults.delete(fault)
    if (!this.#faults.has('sensor-stuck')) this.#stuckCelsius = undefined
    this.#step()
  }

  set(change: SimulatedChange): void {
    this.#catchUp()
    switch (change.setting) {
      case 'ambientCelsius':
        this.#ambientCelsius = change.value
        break
      case 'loadRatio':
        this.#loadRatio = change.value ?? undefined
        break
      case 'batteryRatio':
        this.#state = { ...this.#state, batteryJoules: batteryJoules * change.value }
        break
    }
    this.#step()
  }

  #begin(fault: SimulatedFault): void {
    if (fault === 'sensor-stuck' && !this.#faults.has(fault)) {
      this.#stuckCelsius = readSensors(this.#state, this.#faults, 0).readings.temperatureCelsius
    }
    this.#faults.add(fault)
  }

  #uptimeSeconds(): number {
    return (this.#clock.monotonicMs() - this.#startMs) / 1000
  }

  #catchUp(): void {
    const due = Math.floor(this.#uptimeSeconds() / stepSeconds)
    this.#steps = Math.max(this.#steps, due - mostCatchUpSeconds / stepSeconds)
    while (this.#steps < due) this.#step()
  }

  /** One step on. Taken ahead of its time after a change, so that the next sample shows it. */
  #step(): void {
    this.#beginScheduled(this.#steps * stepSeconds)
    const loadRatio = this.#loadRatio
    const surroundings = { ambientCelsius: this.#ambientCelsius, faults: this.#faults }
    this.#state = stepMachine(
      this.#state,
      loadRatio === undefined ? surroundings : { ...surroundings, loadRatio },
      this.#random,
    )
    this.#steps++
  }

  #beginScheduled(uptimeSeconds: number): void {
    if (this.#scheduled.length === 0) return
    for (const { fault, afterSeconds } of this.#scheduled) if (afterSeconds <= uptimeSeconds) this.#begin(fault)
    this.#scheduled = this.#scheduled.filter(({ afterSeconds }) => afterSeconds > uptimeSeconds)
  }
}
