import type { Cancel, Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import type { Readings } from '@wrale/protocol'
import type { StatusBody } from '@wrale/protocol/records'
import type { Judged } from '../health/health.ts'
import {
  type Allowance,
  allowanceAt,
  type Candidate,
  decide,
  heldBackMs,
  type Pace,
  paceOf,
  type Published,
} from './decide.ts'
import { Levels } from './levels.ts'

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
  #options: StatusPublisherOptions
  readonly #levels = new Levels()
  #last: Published | undefined
  #allowance: Allowance | undefined
  #unsubscribe: Unsubscribe | undefined
  #writing: Promise<void> | undefined
  #newest: { readonly judged: Judged; readonly levels: Readings } | undefined
  #cancelLook: Cancel = () => undefined

  constructor(deps: StatusPublisherDeps, options: StatusPublisherOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Holds from the next look on. */
  configure(options: StatusPublisherOptions): void {
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
    this.#unsubscribe = this.#deps.judged.subscribe((judged) => this.#hear(judged))
    const latest = this.#deps.latest()
    if (latest !== undefined) this.#hear(latest)
    await this.#writing
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#cancelLook()
    await this.#writing
  }

  #hear(judged: Judged): void {
    // The less often a node speaks, the longer must last what it speaks of early.
    const samples = (2 * this.pace.changeGapMs) / this.#options.sampleIntervalMs
    this.#newest = { judged, levels: this.#levels.push(judged.observation.readings, samples) }
    this.#consider()
  }

  #consider(): void {
    this.#cancelLook()
    const newest = this.#newest
    // One write at a time: what is judged while one is under way is considered when it ends.
    if (newest === undefined || this.#writing !== undefined || this.#unsubscribe === undefined) return
    const { clock, logger } = this.#deps
    const { pace } = this
    const { sampleIntervalMs } = this.#options
    const current: Candidate = { body: bodyOf(newest.judged, pace), levels: newest.levels }
    const atMs = clock.monotonicMs()
    const allowance = allowanceAt(this.#allowance, atMs, pace)
    const why = decide(atMs, this.#last, current, { pace, allowance, sampleIntervalMs })
    if (why === undefined) {
      const waitMs = this.#last === undefined ? undefined : heldBackMs(atMs, this.#last, current.body)
      if (waitMs !== undefined) this.#cancelLook = clock.schedule(waitMs, () => this.#consider())
      return
    }
    this.#writing = this.#deps.write(current.body).then(
      () => {
        this.#last = { atMs, ...current }
        this.#allowance = why === 'readings' ? { ...allowance, left: allowance.left - 1 } : allowance
        this.#writing = undefined
        logger.debug('status published', { why, state: current.body.state })
        if (this.#newest !== newest) this.#consider()
      },
      (error: unknown) => {
        // Not remembered as published, so the next sample tries again.
        this.#writing = undefined
        logger.error('the status could not be published', { error })
      },
    )
  }
}

function bodyOf({ observation, verdict }: Judged, { intervalMs }: Pace): StatusBody {
  const { powerSource, readings } = observation
  return {
    intervalMs,
    state: verdict.state,
    reasons: [...verdict.reasons],
    readings,
    ...(powerSource === undefined ? {} : { powerSource }),
  }
}
