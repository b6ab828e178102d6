import type { Clock } from '@wrale/kernel'
import type { Demands, LastGasp, PowerDown, WriteMode } from '../base/action.ts'
import type { ActuatorName, Actuators } from './actuators.ts'
import { Lane, type LaneOptions, withTimeout } from './lane.ts'

export interface ApplierDeps {
  readonly actuators: Actuators
  readonly clock: Clock
  /** Told of the outcome of every call: `error` is undefined when it worked. */
  readonly ended: (name: ActuatorName, error: unknown) => void
}

export interface ApplierOptions {
  /** Longest that an actuator may take, ms. */
  readonly timeoutMs: number
  /** Longest that all else waits for a last gasp, ms. */
  readonly lastGaspMs: number
  /** After a failure, ms. */
  readonly retryMs: number
  /** A machine that still runs so long after its shutdown began is told again, ms. */
  readonly powerAgainMs: number
}

/** Last gasps that wait; of more the oldest are kept, because they say how it began. */
const maxGasps = 8

/** Carries out what is demanded. Every actuator has a lane of its own, so that one that hangs holds up no other. */
export class Applier {
  readonly #deps: ApplierDeps
  readonly #options: ApplierOptions
  readonly #fan: Lane<number> | undefined
  readonly #lanes: ReadonlyArray<(demands: Demands, after: Promise<void>) => Lane<unknown>>
  readonly #gasps: LastGasp[] = []
  #gasping: Promise<void> = Promise.resolve()
  #isGasping = false
  #used = new Set<Lane<unknown>>()

  constructor(deps: ApplierDeps, options: ApplierOptions) {
    this.#deps = deps
    this.#options = options
    const { fan, cpu, services, writes, alarm, lock, power } = deps.actuators
    this.#fan = fan && this.#lane('fan', (duty: number) => fan.setDuty(duty))
    const fanLane = this.#fan
    this.#lanes = [
      power &&
        feed(
          this.#lane('power', (order: PowerDown) => power.down(order), options.powerAgainMs),
          ({ powerDown }) => powerDown,
        ),
      fanLane && feed(fanLane, ({ fanDuty }) => fanDuty),
      lock &&
        feed(
          this.#lane('lock', (locked: boolean) => lock.setLocked(locked)),
          ({ locked }) => locked,
        ),
      alarm &&
        feed(
          this.#lane('alarm', (on: boolean) => alarm.set(on)),
          (demands) => demands.alarm,
        ),
      cpu &&
        feed(
          this.#lane('cpu', (ratio: number) => cpu.setLimit(ratio)),
          ({ cpuRatio }) => cpuRatio,
        ),
      services &&
        feed(
          this.#lane('services', (from: number) => services.keepFrom(from)),
          ({ keepFrom }) => keepFrom,
        ),
      writes &&
        feed(
          this.#lane('writes', (mode: WriteMode) => writes.setMode(mode)),
          (demands) => demands.writes,
        ),
    ].filter((lane) => lane !== undefined)
  }

  /** Call it again and again: what failed is tried again then. Returns at once. */
  want(demands: Demands): void {
    for (const gasp of demands.lastGasps) if (this.#gasps.length < maxGasps) this.#gasps.push(gasp)
    if (this.#gasps.length > 0 && !this.#isGasping) this.#gasping = this.#sendGasps()
    for (const lane of this.#lanes) this.#used.add(lane(demands, this.#gasping))
  }

  /** Only the fan, for the end: nobody will look after it then. */
  async leaveFanAt(duty: number): Promise<void> {
    await this.idle()
    this.#fan?.want(duty, Promise.resolve())
    await this.#fan?.idle()
  }

  /** When what is under way is over, at the latest after the timeouts. */
  async idle(): Promise<void> {
    await this.#gasping
    await Promise.all([...this.#used].map((lane) => lane.idle()))
  }

  /** Each is tried twice, and then given up: what follows must not wait any longer. */
  async #sendGasps(): Promise<void> {
    const { lastGasp: port } = this.#deps.actuators
    this.#isGasping = true
    for (let gasp = this.#gasps.shift(); gasp !== undefined; gasp = this.#gasps.shift()) {
      if (port !== undefined && !(await this.#trySend(port, gasp))) await this.#trySend(port, gasp)
    }
    this.#isGasping = false
  }

  async #trySend(port: NonNullable<Actuators['lastGasp']>, gasp: LastGasp): Promise<boolean> {
    try {
      const sent = (async () => port.send(gasp))()
      await withTimeout(this.#deps.clock, sent, this.#options.lastGaspMs / 2)
      this.#deps.ended('lastGasp', undefined)
      return true
    } catch (error) {
      this.#deps.ended('lastGasp', error)
      return false
    }
  }

  #lane<T>(name: ActuatorName, call: (value: T) => Promise<void>, againMs?: number): Lane<T> {
    const { timeoutMs, retryMs } = this.#options
    const options: LaneOptions = { timeoutMs, retryMs, ...(againMs === undefined ? {} : { againMs }) }
    const ended = (error: unknown): void => this.#deps.ended(name, error)
    return new Lane({ clock: this.#deps.clock, call, ended }, options)
  }
}

function feed<T>(lane: Lane<T>, pick: (demands: Demands) => T | undefined) {
  return (demands: Demands, after: Promise<void>): Lane<unknown> => {
    lane.want(pick(demands), after)
    return lane as Lane<unknown>
  }
}
