import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import { type Demands, noDemands } from '../base/action.ts'
import { type Decision, decision } from '../base/decision.ts'
import { seen } from '../base/reading.ts'
import { type CommandVerdict, judgeCommand } from '../interlocks/interlocks.ts'
import type { Override, Wish } from '../interlocks/settings.ts'
import type { SafetySettings } from '../settings.ts'
import { safetyAtStart, type SafetyInputs, type SafetyState, stepSafety } from '../step.ts'
import { tamperFrom, type TamperLatch } from '../tamper/latch.ts'
import type { ActuatorName, Actuators } from './actuators.ts'
import { Applier } from './applier.ts'
import { noInputs, type SafetySample, takeIn } from './sample.ts'

export interface SafetyEngineDeps {
  /** Every source of readings and signs; `merged` of the kernel makes one of several. */
  readonly sampled: Signal<SafetySample>
  readonly actuators: Actuators
  /** Trusted time, ms since the Unix epoch; undefined while no clock can be trusted. */
  readonly trustedWallMs: () => number | undefined
  readonly clock: Clock
  readonly logger: Logger
}

export interface SafetyEngineOptions {
  readonly settings: SafetySettings
  /** Between two steps when no sample comes, ms: silence is a reading too. Default 1000. */
  readonly periodMs?: number
  /** Longest that an actuator may take, ms. Default 5000. */
  readonly actuatorTimeoutMs?: number
  /** Longest that everything else waits for the last gasp, ms. Default 1000. */
  readonly lastGaspMs?: number
}

/** What an operator asks for in a step. */
type Asked = Pick<SafetyInputs, 'override'> & Pick<SafetyInputs['tamper'], 'reset'>

/** Runs the policies on what is sampled and carries out what they demand. It needs no network and no disk. */
export class SafetyEngine implements Startable {
  readonly #deps: SafetyEngineDeps
  readonly #periodMs: number
  readonly #applier: Applier
  readonly #decided = new Emitter<Decision>()
  readonly #failing = new Set<ActuatorName>()
  #settings: SafetySettings
  #inputs: SafetyInputs = noInputs
  #state: SafetyState = safetyAtStart
  #effective: Demands = noDemands
  #unsubscribe: Unsubscribe | undefined
  #stopRepeating: (() => Promise<void>) | undefined

  constructor(deps: SafetyEngineDeps, options: SafetyEngineOptions) {
    this.#deps = deps
    this.#settings = options.settings
    this.#periodMs = options.periodMs ?? 1000
    this.#applier = new Applier(
      { actuators: deps.actuators, clock: deps.clock, ended: (name, error) => this.#ended(name, error) },
      {
        timeoutMs: options.actuatorTimeoutMs ?? 5000,
        lastGaspMs: options.lastGaspMs ?? 1000,
        retryMs: 5000,
        powerAgainMs: 60_000,
      },
    )
  }

  /** In order. Each is logged as well. */
  get decided(): Signal<Decision> {
    return this.#decided
  }

  get state(): SafetyState {
    return this.#state
  }

  /** What is being carried out. */
  get effective(): Demands {
    return this.#effective
  }

  /** Actuators that do not take what they are told. */
  get failing(): readonly ActuatorName[] {
    return [...this.#failing]
  }

  /** What of tampering was latched before the daemon last ended; call it before the start. `latchOf` of a state is what to keep. */
  restore(latch: TamperLatch): void {
    this.#state = { ...this.#state, tamper: tamperFrom(latch) }
  }

  async start(): Promise<void> {
    if (this.#unsubscribe !== undefined) return
    const { sampled, clock, logger } = this.#deps
    const failed = (error: unknown): void => logger.error('a safety step failed', { error })
    this.#unsubscribe = sampled.subscribe((sample) => {
      this.#inputs = takeIn(this.#inputs, sample)
      this.#step({})
    })
    this.#stopRepeating = repeat(clock, this.#periodMs, () => void this.#step({}), failed)
  }

  /** Leaves the fan at its safe duty: nobody looks after it then. */
  async stop(): Promise<void> {
    if (this.#unsubscribe === undefined) return
    this.#unsubscribe()
    this.#unsubscribe = undefined
    await this.#stopRepeating?.()
    await this.#applier.leaveFanAt(this.#settings.thermal.fan.safeDuty)
  }

  /** Holds from the next step on. @param settings checked ones, of `parseSafetySettings` */
  configure(settings: SafetySettings): void {
    this.#settings = settings
  }

  /** Whether a remote command may be carried out now. */
  judge(wish: Wish): CommandVerdict {
    return judgeCommand(wish, this.#effective)
  }

  /** Asks for an override and gives what was decided of it. @param override `untilMs` on the engine's monotonic clock */
  override(override: Override): readonly Decision[] {
    return this.#step({ override: { grant: override } })
  }

  endOverride(kind: Wish['kind'], who: string): readonly Decision[] {
    return this.#step({ override: { end: { kind, who } } })
  }

  resetTamper(who: string, why: string): readonly Decision[] {
    return this.#step({ reset: { who, why } })
  }

  #step(asked: Asked): readonly Decision[] {
    try {
      return this.#decide(asked)
    } catch (error) {
      // Nothing is known to get here; should anything, the machine must not get hot because of it.
      this.#deps.logger.error('a safety step failed', { error })
      this.#applier.want({ ...this.#effective, fanDuty: this.#settings.thermal.fan.safeDuty, lastGasps: [] })
      return []
    }
  }

  #decide({ reset, override }: Asked): readonly Decision[] {
    const { clock, trustedWallMs } = this.#deps
    const tamper = { ...this.#inputs.tamper, wallMs: trustedWallMs(), reset }
    const inputs = { ...this.#inputs, tamper, ...(override === undefined ? {} : { override }) }
    const stepped = stepSafety(this.#state, inputs, this.#settings, clock.monotonicMs())
    this.#state = stepped.state
    this.#effective = stepped.effective
    // Acting comes before telling: a listener that is slow must not delay it.
    this.#applier.want(stepped.effective)
    for (const made of stepped.decisions) this.#tell(made)
    return stepped.decisions
  }

  #tell(made: Decision): void {
    const { policy, code, from, to, reason } = made
    this.#deps.logger.info('safety decision', { policy, code, from, to, reason })
    this.#decided.emit(made)
  }

  /** Said when it changes only, so that an actuator that is broken for a day does not fill the journal. */
  #ended(name: ActuatorName, error: unknown): void {
    const fails = error !== undefined
    if (fails === this.#failing.has(name)) return
    if (fails) this.#failing.add(name)
    else this.#failing.delete(name)
    const message = error instanceof Error ? error.message : String(error)
    this.#tell(
      decision({
        policy: 'actuator',
        from: fails ? 'works' : 'fails',
        to: fails ? 'fails' : 'works',
        reason: fails ? `${name} cannot be set: ${message}; it is tried again` : `${name} can be set again`,
        code: fails ? 'actuator-failed' : 'actuator-works',
        causes: [seen('actuator', name)],
        atMs: this.#deps.clock.monotonicMs(),
      }),
    )
  }
}
