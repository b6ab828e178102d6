import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { MetricName, Readings } from '@wrale/protocol'
import type { Board, BoardAlarms, BoardSample, PowerSource } from '../../hardware/board.ts'
import { type RefusedReading, validateReadings } from './validate.ts'

/** What was measured at one moment, checked. */
export interface Observation {
  /** Monotonic clock of this process. */
  readonly atMs: number
  readonly readings: Readings
  readonly refused: readonly RefusedReading[]
  readonly powerSource?: PowerSource
  readonly alarms: BoardAlarms
  readonly storage?: BoardSample['storage']
  readonly clock?: BoardSample['clock']
}

export interface TelemetryOptions {
  /** Between two samples, ms. */
  readonly sampleIntervalMs: number
  /** Observations kept in memory. Default 60. */
  readonly keep?: number
}

/** Samples the board at an interval. `start` returns when the first observation is there, if the board can give one. */
export class Telemetry implements Startable {
  readonly #deps: { readonly board: Pick<Board, 'sample'>; readonly clock: Clock; readonly logger: Logger }
  #sampleIntervalMs: number
  readonly #keep: number
  readonly #sampled = new Emitter<Observation>()
  readonly #recent: Observation[] = []
  readonly #refusedCounts = new Map<MetricName, number>()
  #stop: (() => Promise<void>) | undefined

  constructor(
    deps: { readonly board: Pick<Board, 'sample'>; readonly clock: Clock; readonly logger: Logger },
    options: TelemetryOptions,
  ) {
    this.#deps = deps
    this.#sampleIntervalMs = options.sampleIntervalMs
    this.#keep = options.keep ?? 60
  }

  get sampled(): Signal<Observation> {
    return this.#sampled
  }

  get latest(): Observation | undefined {
    return this.#recent.at(-1)
  }

  /** Oldest first. */
  get recent(): readonly Observation[] {
    return this.#recent
  }

  get sampleIntervalMs(): number {
    return this.#sampleIntervalMs
  }

  /** Holds from the next sample on. */
  setInterval(sampleIntervalMs: number): void {
    this.#sampleIntervalMs = sampleIntervalMs
  }

  /** How often a reading was refused, by metric, since the start. */
  get refusedCounts(): ReadonlyMap<MetricName, number> {
    return this.#refusedCounts
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    const failed = (error: unknown): void => logger.error('sampling the board failed', { error })
    // Asked each time: it can be changed while it runs.
    const everyMs = (): number => this.#sampleIntervalMs
    this.#stop = repeat(clock, everyMs, () => this.sample(), failed)
    await this.sample().catch(failed)
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
  }

  /** Takes a sample now, besides those at the interval. @throws what the board throws */
  async sample(): Promise<void> {
    const { readings: raw, ...rest } = await this.#deps.board.sample()
    const { readings, refused } = validateReadings(raw)
    for (const { metric, value } of refused) this.#refuse(metric, value)
    const observation = { atMs: this.#deps.clock.monotonicMs(), readings, refused, ...rest }
    this.#recent.push(observation)
    if (this.#recent.length > this.#keep) this.#recent.shift()
    this.#sampled.emit(observation)
  }

  /** Logged the first time only: a broken sensor must not fill the disk with lines. */
  #refuse(metric: MetricName, value: string): void {
    const count = (this.#refusedCounts.get(metric) ?? 0) + 1
    this.#refusedCounts.set(metric, count)
    if (count === 1) this.#deps.logger.warn('a sensor gives nonsense', { metric, value })
  }
}
