import { type Clock, FleetError } from '@wrale/kernel'
import type { Watchdog, WatchdogCondition, WatchdogState } from '../devices.ts'
import type { SimulatedWorld } from './world.ts'

/** As the watchdog of a Raspberry Pi has it by default. */
const timeoutSeconds = 15

/** A watchdog that switches the simulated machine off. It looks at the clock when it is looked at. */
export class SimulatedWatchdog implements Watchdog {
  readonly name = 'simulated watchdog'
  readonly #clock: Clock
  readonly #world: SimulatedWorld
  #fedMs: number | undefined

  constructor(deps: { readonly clock: Clock; readonly world: SimulatedWorld }) {
    this.#clock = deps.clock
    this.#world = deps.world
  }

  get state(): WatchdogState {
    return { condition: this.condition(), timeoutSeconds, noWayOut: false, causedLastReset: false, ...this.#failure() }
  }

  condition(): WatchdogCondition {
    this.#bite()
    if (this.#fedMs === undefined) return 'closed'
    return this.#world.off === undefined ? 'armed' : 'failed'
  }

  open(): Promise<void> {
    if (this.condition() === 'closed') this.#fedMs = this.#clock.monotonicMs()
    return Promise.resolve()
  }

  async feed(): Promise<void> {
    const condition = this.condition()
    if (condition === 'closed') throw new FleetError('CONFLICT', 'the watchdog is not open')
    if (condition === 'failed') throw new FleetError('UNAVAILABLE', 'the machine is off')
    this.#fedMs = this.#clock.monotonicMs()
  }

  close(): Promise<void> {
    this.#bite()
    this.#fedMs = undefined
    return Promise.resolve()
  }

  #failure(): Pick<WatchdogState, 'failure'> {
    return this.condition() === 'failed' ? { failure: 'the machine is off' } : {}
  }

  #bite(): void {
    if (this.#fedMs === undefined || this.#clock.monotonicMs() - this.#fedMs <= timeoutSeconds * 1000) return
    this.#world.switchOff({ cause: 'watchdog', reason: `the watchdog was not fed for ${timeoutSeconds} s` })
  }
}
