import { type Clock, Emitter, type Signal } from '@wrale/kernel'
import type { SimulatedFault } from '@wrale/protocol/config'
import type { Air } from './air.ts'
import { type Chance, type MachineState, startMachine, stepMachine, stepSeconds } from './machine.ts'
import { shownDieCelsius } from './sensors.ts'
import type { PowerOff, SimulatedChange } from './settings.ts'

/** After a longer pause (the process was frozen) only this much of it is lived through, seconds. */
const mostCatchUpSeconds = 3600

export interface ScheduledFault {
  readonly fault: SimulatedFault
  readonly afterSeconds: number
}

export interface SimulatedWorldOptions {
  /** Determines load and noise. */
  readonly seed: number
  readonly ambient: Air
  /** Faults that begin by themselves. Default none. */
  readonly faults?: readonly ScheduledFault[]
}

/** The machine and what is around it, in the time of a clock. It moves when it is looked at: no timers, and a test's clock can step it. */
export class SimulatedWorld {
  readonly #clock: Clock
  readonly #startMs: number
  readonly #chance: Chance
  readonly #faults = new Set<SimulatedFault>()
  readonly #changed = new Emitter<ReadonlySet<SimulatedFault>>()
  readonly #wentOff = new Emitter<PowerOff>()
  #scheduled: readonly ScheduledFault[]
  #ambient: Air
  #loadRatio: number | undefined
  #askedDuty: number | undefined
  #cpuLimitRatio = 1
  #off: PowerOff | undefined
  #state: MachineState
  #steps = 0
  #stuckCelsius: number | undefined

  constructor(deps: { readonly clock: Clock }, options: SimulatedWorldOptions) {
    this.#clock = deps.clock
    this.#startMs = deps.clock.monotonicMs()
    this.#ambient = options.ambient
    this.#scheduled = options.faults ?? []
    const { state, chance } = startMachine(options.seed, options.ambient)
    this.#state = state
    this.#chance = chance
  }

  /** A fault began or ended; with all that there are. */
  get faultsChanged(): Signal<ReadonlySet<SimulatedFault>> {
    return this.#changed
  }

  /** The machine went off. Once. */
  get wentOff(): Signal<PowerOff> {
    return this.#wentOff
  }

  /** Those that have begun by now. */
  get faults(): ReadonlySet<SimulatedFault> {
    this.catchUp()
    return this.#faults
  }

  get off(): PowerOff | undefined {
    return this.#off
  }

  get askedDuty(): number | undefined {
    return this.#askedDuty
  }

  get cpuLimitRatio(): number {
    return this.#cpuLimitRatio
  }

  get loadRatio(): number | undefined {
    return this.#loadRatio
  }

  /** Without what faults do to it. */
  get ambient(): Air {
    return this.#ambient
  }

  /** What the die's sensor repeats for ever; undefined while it is not stuck. */
  get stuckCelsius(): number | undefined {
    return this.#stuckCelsius
  }

  get uptimeSeconds(): number {
    return (this.#clock.monotonicMs() - this.#startMs) / 1000
  }

  /** The machine now. */
  now(): MachineState {
    this.catchUp()
    return this.#state
  }

  /** Begins a fault. Beginning one that is there changes nothing. */
  inject(fault: SimulatedFault): void {
    this.#change(() => this.#begin(fault))
  }

  /** Ends one fault, or all of them; faults that are still to begin by themselves stay to come. */
  clear(fault?: SimulatedFault): void {
    this.#change(() => {
      if (fault === undefined) this.#faults.clear()
      else this.#faults.delete(fault)
      if (!this.#faults.has('sensor-stuck')) this.#stuckCelsius = undefined
      this.#changed.emit(this.#faults)
    })
  }

  set(change: SimulatedChange): void {
    this.#change(() => {
      switch (change.setting) {
        case 'ambientCelsius':
          this.#ambient = { ...this.#ambient, celsius: change.value }
          break
        case 'humidityRatio':
          this.#ambient = { ...this.#ambient, humidityRatio: change.value }
          break
        case 'loadRatio':
          this.#loadRatio = change.value ?? undefined
          break
        case 'batteryRatio':
          this.#state = { ...this.#state, batteryJoules: this.#state.batteryCapacityJoules * change.value }
          break
      }
    })
  }

  /** @param ratio undefined: the board's own control has the fan again */
  askFan(ratio: number | undefined): void {
    this.#change(() => {
      this.#askedDuty = ratio
    })
  }

  limitCpu(ratio: number): void {
    this.#change(() => {
      this.#cpuLimitRatio = ratio
    })
  }

  /** Switches the machine off, for good. */
  switchOff(how: PowerOff): void {
    if (this.#off !== undefined) return
    this.#off = how
    this.#wentOff.emit(how)
  }

  catchUp(): void {
    const due = Math.floor(this.uptimeSeconds / stepSeconds)
    this.#steps = Math.max(this.#steps, due - mostCatchUpSeconds / stepSeconds)
    while (this.#steps < due) this.#step()
  }

  /** One step is taken ahead of its time after a change, so that whoever looks next sees it. */
  #change(make: () => void): void {
    this.catchUp()
    make()
    this.#step()
  }

  #begin(fault: SimulatedFault): void {
    if (this.#faults.has(fault)) return
    if (fault === 'sensor-stuck') this.#stuckCelsius = shownDieCelsius(this.#state)
    this.#faults.add(fault)
    this.#changed.emit(this.#faults)
  }

  #step(): void {
    this.#beginScheduled(this.#steps * stepSeconds)
    this.#state = stepMachine(
      this.#state,
      {
        ambient: this.#ambient,
        faults: this.#faults,
        loadRatio: this.#loadRatio,
        fanDuty: this.#askedDuty,
        cpuLimitRatio: this.#cpuLimitRatio,
        isOff: this.#off !== undefined,
      },
      this.#chance,
    )
    this.#steps++
    if (!this.#state.isFed)
      this.switchOff({ cause: 'power-lost', reason: 'the mains is gone and the battery is empty' })
  }

  #beginScheduled(uptimeSeconds: number): void {
    if (this.#scheduled.length === 0) return
    for (const { fault, afterSeconds } of this.#scheduled) if (afterSeconds <= uptimeSeconds) this.#begin(fault)
    this.#scheduled = this.#scheduled.filter(({ afterSeconds }) => afterSeconds > uptimeSeconds)
  }
}
