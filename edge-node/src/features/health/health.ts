import { type Clock, Emitter, type Logger, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import { defaultThresholds } from '@wrale/protocol'
import type { Observation } from '../telemetry/telemetry.ts'
import { judge, type Memory, type Verdict } from './judge.ts'

/** An observation and what it means. */
export interface Judged {
  readonly observation: Observation
  readonly verdict: Verdict
}

export interface HealthDeps {
  readonly sampled: Signal<Observation>
  /** Why nothing can be stored at the moment. */
  readonly storageProblem: () => { readonly message: string } | undefined
  /** Wall clock minus fleet time, ms; undefined while fleet time is not known. */
  readonly clockErrorMs: () => number | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Judges every observation and says so when the state changes. */
export class Health implements Startable {
  readonly #deps: HealthDeps
  readonly #judged = new Emitter<Judged>()
  #memory: Memory = new Map()
  #latest: Judged | undefined
  #unsubscribe: Unsubscribe | undefined

  constructor(deps: HealthDeps) {
    this.#deps = deps
  }

  get judged(): Signal<Judged> {
    return this.#judged
  }

  get latest(): Judged | undefined {
    return this.#latest
  }

  async start(): Promise<void> {
    this.#unsubscribe ??= this.#deps.sampled.subscribe((observation) => this.#judge(observation))
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  #judge(observation: Observation): void {
    const { clock, clockErrorMs, storageProblem } = this.#deps
    const evidence = {
      ...observation,
      wallMs: clock.wallMs(),
      clockErrorMs: clockErrorMs(),
      storageProblem: storageProblem()?.message,
    }
    const { verdict, memory } = judge(evidence, defaultThresholds, this.#memory)
    const before = this.#latest?.verdict.state
    this.#memory = memory
    this.#latest = { observation, verdict }
    if (before !== undefined && before !== verdict.state) {
      this.#deps.logger.info('health changed', {
        from: before,
        to: verdict.state,
        reasons: verdict.reasons.map(({ code }) => code),
      })
    }
    this.#judged.emit(this.#latest)
  }
}
