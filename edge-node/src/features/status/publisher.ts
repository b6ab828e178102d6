import type { Cancel, Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import type { StatusBody } from '@wrale/protocol/records'
import type { Judged } from '../health/health.ts'
import { decide, heldBackMs, type Pace, paceOf, type Published } from './decide.ts'

export interface StatusPublisherDeps {
  readonly judged: Signal<Judged>
  readonly clock: Clock
  readonly logger: Logger
  /** What was judged last, for the first status. */
  readonly latest: () => Judged | undefined
  /** Members of the fleet as far as known, this one included. */
  readonly members: () => number
  /** Writes the record; resolves when it is stored and on its way. */
  readonly write: (body: StatusBody) => Promise<unknown>
}

export interface StatusPublisherOptions {
  readonly sampleIntervalMs: number
  readonly statusIntervalMs: number
}

/** Says how the node is, when that is worth saying: at the start, on significant change, and otherwise at an interval. */
export class StatusPublisher implements Startable {
  readonly #deps: StatusPublisherDeps
  readonly #options: StatusPublisherOptions
  #last: Published | undefined
  #unsubscribe: Unsubscribe | undefined
  #writing: Promise<void> | undefined
  #newest: Judged | undefined
  #cancelLook: Cancel = () => undefined

  constructor(deps: StatusPublisherDeps, options: StatusPublisherOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Status that the fleet was told last. */
  get last(): Published | undefined {
    return this.#last
  }

  /** How often this node speaks now. */
  get pace(): Pace {
    return paceOf(this.#options, this.#deps.members())
  }

  async start(): Promise<void> {
    if (this.#unsubscribe !== undefined) return
    this.#unsubscribe = this.#deps.judged.subscribe((judged) => this.#consider(judged))
    const latest = this.#deps.latest()
    if (latest !== undefined) this.#consider(latest)
    await this.#writing
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#cancelLook()
    await this.#writing
  }

  #consider(judged: Judged): void {
    this.#newest = judged
    this.#cancelLook()
    // One write at a time: what is judged while one is under way is considered when it ends.
    if (this.#writing !== undefined || this.#unsubscribe === undefined) return
    const { observation, verdict } = judged
    const { clock, logger, write } = this.#deps
    const { pace } = this
    const { powerSource, readings } = observation
    const body: StatusBody = {
      intervalMs: pace.intervalMs,
      state: verdict.state,
      reasons: [...verdict.reasons],
      readings,
      ...(powerSource === undefined ? {} : { powerSource }),
    }
    const atMs = clock.monotonicMs()
    const why = decide(atMs, this.#last, body, pace, this.#options.sampleIntervalMs)
    if (why === undefined) {
      const waitMs = this.#last === undefined ? undefined : heldBackMs(atMs, this.#last, body)
      if (waitMs !== undefined) this.#cancelLook = clock.schedule(waitMs, () => this.#consider(this.#newest ?? judged))
      return
    }
    this.#writing = write(body).then(
      () => {
        this.#last = { atMs, body }
        this.#writing = undefined
        logger.debug('status published', { why, state: body.state })
        if (this.#newest !== judged && this.#newest !== undefined) this.#consider(this.#newest)
      },
      (error: unknown) => {
        // Not remembered as published, so the next sample tries again.
        this.#writing = undefined
        logger.error('the status could not be published', { error })
      },
    )
  }
}
