import { type Clock, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { MetricsAnswer } from '@wrale/protocol/api'
import type { ReplicaEntry } from '@wrale/replica'
import { type HistoryQuery, rangeOf, seriesOf } from './query.ts'
import type { Sample, SampleStore } from './sample-store.ts'

export interface HistoryDeps {
  readonly store: SampleStore
  readonly records: { readonly changed: Signal<ReplicaEntry> }
  readonly clock: Clock
  readonly logger: Logger
}

export interface HistoryOptions {
  /** Between two writes to disk, ms. Default 2000. */
  readonly flushMs?: number
  /** How long samples are kept, ms. Default 24 h. */
  readonly keepMs?: number
  /** Most samples kept, of all nodes together. Default 2,000,000, about 250 MB. */
  readonly maxRows?: number
  /** Most samples that wait to be written when the disk refuses; then the oldest go. Default 10,000. */
  readonly maxWaiting?: number
}

const pruneMs = 60_000

/** The readings of every status, kept for a time and answered as means over steps. */
export class History implements Startable {
  readonly #deps: HistoryDeps
  readonly #options: Required<HistoryOptions>
  #waiting: Sample[] = []
  #dropped = 0
  #failing = false
  #stops: Array<() => unknown> = []

  constructor(deps: HistoryDeps, options: HistoryOptions = {}) {
    this.#deps = deps
    this.#options = { flushMs: 2000, keepMs: 86_400_000, maxRows: 2_000_000, maxWaiting: 10_000, ...options }
  }

  /** Samples that could not be kept because the disk refused for too long. */
  get dropped(): number {
    return this.#dropped
  }

  /** The last write to disk failed. */
  get failing(): boolean {
    return this.#failing
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { records, clock, logger } = this.#deps
    const onError = (error: unknown): void => logger.error('old history could not be removed', { error })
    this.#stops = [
      records.changed.subscribe((entry) => this.#take(entry)),
      repeat(clock, this.#options.flushMs, () => this.#flush(), onError),
      repeat(clock, pruneMs, () => this.#prune(), onError),
    ]
    this.#prune()
  }

  async stop(): Promise<void> {
    const stops = this.#stops
    this.#stops = []
    for (const stop of stops) await stop()
    this.#flush()
  }

  /** @throws FleetError INPUT_INVALID for a range that is empty */
  query(node: PeerIdText, query: HistoryQuery): MetricsAnswer {
    const { store, clock } = this.#deps
    const { fromMs, toMs, stepMs } = rangeOf(query, clock.wallMs())
    const recent = this.#waiting.filter(
      (sample) => sample.node === node && sample.atMs >= fromMs && sample.atMs <= toMs,
    )
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      stepSeconds: stepMs / 1000,
      series: seriesOf(store.totals(node, Math.ceil(fromMs), Math.floor(toMs), stepMs), recent, stepMs),
    }
  }

  #take({ record, heardAtWallMs }: ReplicaEntry): void {
    if (record.kind !== 'status') return
    this.#waiting.push({ node: record.author, atMs: Math.round(heardAtWallMs), readings: record.body.readings })
    const excess = this.#waiting.length - this.#options.maxWaiting
    if (excess <= 0) return
    this.#waiting.splice(0, excess)
    this.#dropped += excess
  }

  /** A disk that refuses is reported once; the samples wait for it. */
  #flush(): void {
    if (this.#waiting.length === 0) return
    const { store, logger } = this.#deps
    try {
      store.write(this.#waiting)
      this.#waiting = []
      if (this.#failing) logger.info('history is written again')
      this.#failing = false
    } catch (error) {
      if (!this.#failing) logger.error('history cannot be written', { error })
      this.#failing = true
    }
  }

  #prune(): void {
    const { store, clock } = this.#deps
    store.prune(this.#options, clock.wallMs())
  }
}
