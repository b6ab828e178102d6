import type { Clock, Signal } from '@wrale/kernel'
import type { EdgeConfig, SimulatedFault } from '@wrale/protocol/config'
import { type Board, type BoardDescription, type BoardSample, partNames } from '../board.ts'
import type { Devices } from '../devices.ts'
import type { LineDriver } from '../gpio/driver.ts'
import { type Header, headers } from '../gpio/header.ts'
import type { I2cAdapter } from '../i2c/adapter.ts'
import { SimulatedI2cAdapter } from '../i2c/simulated/adapter.ts'
import { makeSimulatedBus, simulatedBus } from './chips.ts'
import { SimulatedCpu, SimulatedFan, SimulatedPowerDown } from './devices.ts'
import { cores, diskTotalBytes, memoryTotalBytes } from './machine.ts'
import { readSensors } from './sensors.ts'
import type { PowerOff, SimulatedChange, SimulatedView } from './settings.ts'
import { SimulatedWatchdog } from './watchdog.ts'
import { SimulatedWiring } from './wiring.ts'
import { SimulatedWorld } from './world.ts'

/** Says what the part is, or that the simulated board has none. */
const partDetails: Readonly<Record<(typeof partNames)[number], string | undefined>> = {
  'temperature-sensor': 'simulated die sensor',
  fan: 'simulated 5000 rpm fan',
  battery: 'simulated 10 Wh pack',
  'power-meter': 'simulated',
  'supply-meter': 'simulated 5 V rail',
  'air-sensor': undefined,
  storage: 'simulated 32 GB card',
  network: 'simulated',
  watchdog: 'simulated, 15 s',
  gpio: 'simulated 54 lines',
  i2c: 'simulated i2c-1',
  'cpu-limit': 'simulated processor',
  'power-down': 'simulated machine',
  'real-time-clock': undefined,
}

export interface SimulatedBoardOptions {
  /** Determines load and noise. */
  readonly seed: number
  /** Air around it at the start, degrees Celsius. */
  readonly ambientCelsius: number
  /** Relative humidity of that air at the start. Default 0.45. */
  readonly humidityRatio?: number
  /** Faults that begin by themselves. */
  readonly faults?: EdgeConfig['simulation']['faults']
}

/** A board that exists as equations, with what is around it: air, mains, a case with its sensors. It can be told what to be and what breaks. */
export class SimulatedBoard implements Board {
  readonly simulated = true
  readonly #serial: string
  readonly #world: SimulatedWorld
  readonly #wiring: SimulatedWiring
  readonly #watchdog: SimulatedWatchdog
  readonly #devices: Devices
  readonly #buses: Map<number, I2cAdapter>

  constructor(deps: { readonly clock: Clock }, options: SimulatedBoardOptions) {
    this.#serial = `sim-${options.seed.toString(16).padStart(8, '0')}`
    const ambient = { celsius: options.ambientCelsius, humidityRatio: options.humidityRatio ?? 0.45 }
    const world = new SimulatedWorld(deps, { seed: options.seed, ambient, faults: options.faults ?? [] })
    this.#world = world
    this.#wiring = new SimulatedWiring({ ...deps, world })
    this.#watchdog = new SimulatedWatchdog({ ...deps, world })
    this.#buses = new Map([[simulatedBus, makeSimulatedBus(world)]])
    this.#devices = {
      fan: new SimulatedFan(world),
      cpu: new SimulatedCpu(world),
      powerDown: new SimulatedPowerDown(world),
      watchdog: this.#watchdog,
    }
  }

  /** The machine went off, once: on `shutdown` the daemon ends cleanly, on `power-lost` and `watchdog` a real one would be gone already. */
  get wentOff(): Signal<PowerOff> {
    return this.#world.wentOff
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

  /** Nothing, once the machine is off. */
  async sample(): Promise<BoardSample> {
    const state = this.#world.now()
    this.#watchdog.condition()
    if (this.#world.off !== undefined) return { readings: {}, alarms: {} }
    const sample = readSensors(state, this.#world.faults, this.#world.uptimeSeconds)
    const stuck = this.#world.stuckCelsius
    return stuck === undefined ? sample : { ...sample, readings: { ...sample.readings, temperatureCelsius: stuck } }
  }

  devices(): Devices {
    return this.#devices
  }

  header(): Header {
    return headers.full
  }

  lineDriver(): LineDriver {
    return this.#wiring
  }

  i2cAdapter(bus: number): I2cAdapter {
    let adapter = this.#buses.get(bus)
    if (adapter === undefined) {
      const absent = new SimulatedI2cAdapter({ name: `i2c-${bus}` })
      absent.setAbsent(true)
      this.#buses.set(bus, (adapter = absent))
    }
    return adapter
  }

  faults(): readonly SimulatedFault[] {
    return [...this.#world.faults]
  }

  /** Begins a fault. Beginning one that is there changes nothing. */
  inject(fault: SimulatedFault): void {
    this.#world.inject(fault)
  }

  /** Ends one fault, or all of them; faults that are still to begin by themselves stay to come. */
  clear(fault?: SimulatedFault): void {
    this.#world.clear(fault)
  }

  set(change: SimulatedChange): void {
    this.#world.set(change)
  }

  view(): SimulatedView {
    const state = this.#world.now()
    const { ambient, askedDuty, cpuLimitRatio, loadRatio } = this.#world
    return {
      faults: [...this.#world.faults],
      settings: {
        ambientCelsius: ambient.celsius,
        humidityRatio: ambient.humidityRatio,
        loadRatio: loadRatio ?? null,
        batteryRatio: state.batteryJoules / state.batteryCapacityJoules,
      },
      fan: { askedDuty: askedDuty ?? null, dutyRatio: state.fanDuty, rpm: state.fanRpm },
      cpu: {
        limitRatio: cpuLimitRatio,
        busyRatio: state.busyRatio,
        workRatio: state.workRatio,
        celsius: state.thermal.dieCelsius,
      },
      supply: { source: state.onMains ? 'mains' : 'battery', volts: state.supplyVolts, watts: state.boardWatts },
      watchdog: this.#watchdog.condition(),
      lines: this.#wiring.voltages(),
      off: this.#world.off ?? null,
    }
  }
}
