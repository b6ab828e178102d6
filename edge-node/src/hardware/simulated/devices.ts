import { FleetError } from '@wrale/kernel'
import type { CpuLimit, Fan, PowerDownPort } from '../devices.ts'
import { wantRatio } from '../ratio.ts'
import type { SimulatedWorld } from './world.ts'

export class SimulatedFan implements Fan {
  readonly name = 'simulated 5000 rpm fan'
  readonly #world: SimulatedWorld

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  get askedDuty(): number | undefined {
    return this.#world.askedDuty
  }

  async setDuty(ratio: number): Promise<void> {
    this.#world.askFan(wantRatio('fan duty', ratio))
  }

  release(): Promise<void> {
    this.#world.askFan(undefined)
    return Promise.resolve()
  }
}

export class SimulatedCpu implements CpuLimit {
  readonly name = 'simulated processor'
  readonly #world: SimulatedWorld

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  get askedRatio(): number {
    return this.#world.cpuLimitRatio
  }

  async setLimit(ratio: number): Promise<void> {
    if (wantRatio('processor limit', ratio) === 0)
      throw new FleetError('INPUT_INVALID', 'a processor limit must be above 0', { ratio })
    this.#world.limitCpu(ratio)
  }

  release(): Promise<void> {
    this.#world.limitCpu(1)
    return Promise.resolve()
  }
}

export class SimulatedPowerDown implements PowerDownPort {
  readonly name = 'simulated machine'
  readonly #world: SimulatedWorld

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  powerDown(reason: string): Promise<void> {
    this.#world.switchOff({ cause: 'shutdown', reason })
    return Promise.resolve()
  }
}
