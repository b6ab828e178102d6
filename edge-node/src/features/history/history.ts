import { setImmediate as pause } from 'node:timers/promises'
import type { Database } from '@wrale/host'
import {
  type Clock,
  Emitter,
  FleetError,
  type Logger,
  repeat,
  type Signal,
  type Startable,
  toFleetError,
} from '@wrale/kernel'
import { metricCatalogue, type MetricName, metricNames, type Readings } from '@wrale/protocol'
import { decodeChunk, encodeChunk, maxRows, type Series } from './codec.ts'
import { type HistoryAnswer, type HistoryQuery, type HistoryRange, pointsOf, rangeOf, unitOf } from './query.ts'
import { bytesOfDay, dueChunks } from './retention.ts'
import { SampleRing } from './sample-ring.ts'
import { metricOfCode, toSteps } from './steps.ts'
import { type ChunkInfo, ChunkStore, type NewChunk } from './store.ts'
import { addSeries, columnsOf, type Tier, tiers, type TotalsByStep } from './totals.ts'

export interface HistoryDeps {
  readonly sampled: Signal<{ readonly readings: Readings }>
  /** Opens the history's own database with `historySchema`; called again when it turns out to be damaged. */
  readonly open: () => Database
  readonly clock: Clock
  readonly logger: Logger
}

export interface HistoryOptions {
  /** Between two writes to disk, ms. Default 5 min. */
  readonly flushMs?: number
  /** Longest that it grows to while too much is written, ms. Default 1 h. */
  readonly longestFlushMs?: number
  /** Recording kept at full rate, ms. Default 24 h, and up to one hour more. */
  readonly keepSamplesMs?: number
  /** Recording kept in steps of `thinMs` beyond that, ms. Default 30 days. */
  readonly keepTotalsMs?: number
  /** Step of what is thinned, ms. Default 5 min. */
  readonly thinMs?: number
  /** Recording that is thinned at once, ms. Default 1 h. */
  readonly thinAtOnceMs?: number
  /** Most bytes written to disk in a day of recording. Default 50,000,000. */
  readonly maxBytesPerDay?: number
  /** Most samples of a metric in memory, 16 bytes each. Default 4096, up to 65,536. */
  readonly maxSamples?: number
  /** Shortest time between two samples of a metric, ms. Default: 1 min for what hardly changes, else every sample. */
  readonly everyMs?: Readonly<Partial<Record<MetricName, number>>>
}

const minuteMs = 60_000
/** Queries that are answered at the same time. */
const maxQueries = 4
/** Chunks that are added up before other work has its turn: some milliseconds. */
const chunksAtOnce = 4
const slowMetrics = {
  memoryTotalBytes: minuteMs,
  diskTotalBytes: minuteMs,
  diskUsedBytes: minuteMs,
  uptimeSeconds: minuteMs,
}

const defaults = {
  flushMs: 5 * minuteMs,
  longestFlushMs: 60 * minuteMs,
  keepSamplesMs: 86_400_000,
  keepTotalsMs: 30 * 86_400_000,
  thinMs: 5 * minuteMs,
  thinAtOnceMs: 60 * minuteMs,
  maxBytesPerDay: 50_000_000,
  maxSamples: 4096,
  everyMs: slowMetrics,
} as const satisfies HistoryOptions

/**
 * What the node measured, kept on the node: in memory until the next flush, then on disk. A process that is killed loses what came after the last flush.
 * A disk that refuses leaves what memory holds; a damaged file is set aside and a new one begun.
 */
export class History implements Startable {
  readonly #deps: HistoryDeps
  readonly #options: Required<HistoryOptions>
  readonly #rings = new Map<MetricName, SampleRing>()
  readonly #takenAtMs = new Map<MetricName, number>()
  readonly #damaged = new Emitter<string>()
  #database: Database | undefined
  #store: ChunkStore | undefined
  #chunks: ChunkInfo[] = []
  #lastCostBytes = 0
  /** Monotonic time up to which recording is on disk. */
  #flushedAtMs = 0
  #flushMs: number
  #isHeld = false
  #dropped = 0
  #queries = 0
  #problem: FleetError | undefined
  #stops: Array<() => unknown> = []

  constructor(deps: HistoryDeps, options: HistoryOptions = {}) {
    this.#deps = deps
    this.#options = {
      ...defaults,
      ...options,
      maxSamples: Math.min(maxRows, options.maxSamples ?? defaults.maxSamples),
    }
    this.#flushMs = this.#options.flushMs
  }

  /** Where a damaged file was put, when that happened. Subscribe before the start. */
  get damaged(): Signal<string> {
    return this.#damaged
  }

  /** Why the last flush failed; undefined while all is well. */
  get problem(): FleetError | undefined {
    return this.#problem
  }

  /** Samples that could not be kept because the disk refused, or was spared, for too long. */
  get dropped(): number {
    return this.#dropped
  }

  /** Between two flushes now, ms. */
  get flushMs(): number {
    return this.#flushMs
  }

  /** Written to the log and the file in the last day of recording. */
  get bytesPerDay(): number {
    return bytesOfDay(this.#chunks, this.#deps.clock.monotonicMs() - this.#flushedAtMs, this.#lastCostBytes)
  }

  /** Memory of the samples that wait. */
  get bufferBytes(): number {
    return [...this.#rings.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { clock, logger, sampled } = this.#deps
    this.#flushedAtMs = clock.monotonicMs()
    this.#attempt(() => this.#ready())
    this.#stops = [
      sampled.subscribe(({ readings }) => this.#take(readings)),
      repeat(
        clock,
        () => this.#flushMs,
        () => this.flush(),
        (error) => logger.error('the history failed', { error }),
      ),
    ]
  }

  async stop(): Promise<void> {
    if (this.#stops.length === 0) return
    for (const stop of this.#stops.splice(0)) await stop()
    if (!this.#isHeld) this.#attempt(() => this.#write())
    this.#close()
  }

  /** While held nothing is written, the stop included: memory keeps what it can. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
  }

  /** Writes what waits. What the disk refuses goes on waiting, and is said once; never throws. */
  flush(): void {
    if (this.#isHeld) return
    this.#pace()
    // Past the longest interval memory lets go of the oldest, so that the card lives.
    if (this.bytesPerDay > this.#options.maxBytesPerDay && this.#flushMs >= this.#options.longestFlushMs) return
    this.#attempt(() => this.#write())
  }

  /**
   * Totals of what is on disk and what waits, together, as they are at the call. Lets other work go on while it adds up.
   * @throws FleetError INPUT_INVALID; RATE_LIMITED while as many others are answered as may be
   */
  async query(query: HistoryQuery): Promise<HistoryAnswer> {
    const range = rangeOf(query)
    if (this.#queries >= maxQueries) throw new FleetError('RATE_LIMITED', 'the history is answering others; ask again')
    this.#queries++
    try {
      return await this.#answer(range)
    } finally {
      this.#queries--
    }
  }

  async #answer({ fromMs, metrics, stepMs, toMs }: HistoryRange): Promise<HistoryAnswer> {
    const totals = new Map<MetricName, TotalsByStep>(metrics.map((metric) => [metric, new Map()]))
    const add = (tier: Tier, { code, columns }: Series): void => {
      const metric = metricOfCode.get(code)
      const into = metric === undefined ? undefined : totals.get(metric)
      if (into !== undefined) addSeries(into, { columns }, tier, stepMs, { fromMs, toMs })
    }
    const wanted = new Set<number>(metrics.map((metric) => metricCatalogue[metric].code))
    // All is fetched at once, because a flush may thin it before it has been added up.
    const chunks = this.#chunks
      .filter(({ firstMs, lastMs }) => lastMs >= fromMs && firstMs < toMs)
      .map((chunk) => ({ chunk, data: this.#dataOf(chunk) }))
    for (const one of this.#waiting()) if (wanted.has(one.code)) add(tiers.samples, one)
    let complete = true
    for (const [index, { chunk, data }] of chunks.entries()) {
      if (index % chunksAtOnce === chunksAtOnce - 1) await pause()
      const series = this.#decoded(chunk, data, wanted)
      if (series === undefined) complete = false
      else for (const one of series) add(chunk.tier, one)
    }
    const series = metrics.flatMap((metric) => {
      const points = pointsOf(metric, totals.get(metric) ?? new Map())
      return points.length === 0 ? [] : [{ metric, unit: unitOf(metric), points }]
    })
    return { fromMs, toMs, stepMs, series, complete }
  }

  #take(readings: Readings): void {
    const { clock, logger } = this.#deps
    const atMs = Math.round(clock.wallMs())
    const nowMs = clock.monotonicMs()
    for (const metric of metricNames) {
      const value = readings[metric]
      if (value === undefined || !Number.isFinite(value) || !this.#isDue(metric, nowMs)) continue
      let ring = this.#rings.get(metric)
      if (ring === undefined) this.#rings.set(metric, (ring = new SampleRing(this.#options.maxSamples)))
      if (ring.push(atMs, toSteps(metric, value))) continue
      if (this.#dropped++ === 0) logger.warn('the history lets go of samples that are not on disk', { metric })
    }
  }

  /** A timer that is a little early must not cost every second sample. */
  #isDue(metric: MetricName, nowMs: number): boolean {
    const everyMs = this.#options.everyMs[metric]
    if (everyMs === undefined) return true
    const takenAtMs = this.#takenAtMs.get(metric)
    if (takenAtMs !== undefined && nowMs - takenAtMs < everyMs * 0.9) return false
    this.#takenAtMs.set(metric, nowMs)
    return true
  }

  #waiting(): Series[] {
    return [...this.#rings].flatMap(([metric, ring]) =>
      ring.length === 0 ? [] : [{ code: metricCatalogue[metric].code, columns: ring.columns() }],
    )
  }

  /** Less often while more is written than may be, and back when it is well below that. */
  #pace(): void {
    const { flushMs, longestFlushMs, maxBytesPerDay } = this.#options
    const { bytesPerDay } = this
    const { logger } = this.#deps
    if (bytesPerDay > maxBytesPerDay) {
      if (this.#flushMs === flushMs)
        logger.warn('the history writes too much and does so less often', { bytesPerDay, maxBytesPerDay })
      this.#flushMs = Math.min(longestFlushMs, this.#flushMs * 2)
    } else if (this.#flushMs > flushMs && bytesPerDay < maxBytesPerDay * 0.8) {
      this.#flushMs = Math.max(flushMs, this.#flushMs / 2)
      if (this.#flushMs === flushMs) logger.info('the history is written as often as before', { bytesPerDay })
    }
  }

  #attempt(work: () => void): void {
    const { logger } = this.#deps
    try {
      try {
        work()
      } catch (error) {
        if (!(error instanceof FleetError) || error.code !== 'STATE_DAMAGED') throw error
        // Opening it again sets it aside when it is damaged; the second attempt is the last one.
        this.#close()
        work()
      }
      if (this.#problem !== undefined) logger.info('the history is written again')
      this.#problem = undefined
    } catch (thrown) {
      const problem = toFleetError(thrown)
      if (this.#problem?.code !== problem.code) logger.error('the history cannot be written', { error: problem })
      this.#problem = problem
    }
  }

  #ready(): ChunkStore {
    if (this.#store !== undefined) return this.#store
    const database = this.#deps.open()
    this.#database = database
    if (database.damaged !== undefined) {
      this.#deps.logger.error('the history was damaged and begins anew', { setAside: database.damaged })
      this.#damaged.emit(database.damaged)
    }
    const store = new ChunkStore(database)
    this.#chunks = store.list()
    this.#lastCostBytes = 0
    this.#store = store
    return store
  }

  #close(): void {
    this.#store = undefined
    this.#database?.close()
    this.#database = undefined
  }

  #write(): void {
    const series = this.#waiting()
    const nowMs = this.#deps.clock.monotonicMs()
    if (series.length === 0) {
      this.#flushedAtMs = nowMs
      return
    }
    const store = this.#ready()
    const spanMs = nowMs - this.#flushedAtMs
    const fresh = chunkOf(tiers.samples, series, { spanMs, costBytes: this.#lastCostBytes })
    const { remove, thin } = dueChunks(this.#chunks, this.#options)
    const thinned = thin.length === 0 ? undefined : this.#thinned(thin)
    const add = [...(thinned === undefined ? [] : [thinned]), fresh]
    const gone = new Set([...thin, ...remove].map(({ id }) => id))
    const ids = store.change(add, [...gone])
    for (const ring of this.#rings.values()) ring.clear()
    this.#flushedAtMs = nowMs
    this.#chunks = [
      ...this.#chunks.filter(({ id }) => !gone.has(id)),
      ...add.map(({ data: _data, ...info }, index) => ({ id: ids[index] ?? 0, ...info })),
    ]
    this.#lastCostBytes = store.settle()
  }

  /** Undefined when nothing of the chunks can be read. */
  #thinned(chunks: readonly ChunkInfo[]): NewChunk | undefined {
    const totals = new Map<number, TotalsByStep>()
    for (const chunk of chunks) {
      for (const series of this.#decoded(chunk, this.#dataOf(chunk)) ?? []) {
        const into = totals.get(series.code) ?? new Map()
        totals.set(series.code, into)
        addSeries(into, series, tiers.samples, this.#options.thinMs)
      }
    }
    if (totals.size === 0) return undefined
    const spanMs = chunks.reduce((sum, chunk) => sum + chunk.spanMs, 0)
    const series = [...totals].map(([code, steps]) => ({ code, columns: columnsOf(steps) }))
    return chunkOf(tiers.totals, series, { spanMs, costBytes: 0 })
  }

  /** Undefined where the disk refuses it. */
  #dataOf({ id }: ChunkInfo): Uint8Array | undefined {
    try {
      return this.#store?.data(id)
    } catch (error) {
      this.#deps.logger.debug('a chunk of the history cannot be read', { id, error })
      return undefined
    }
  }

  /** Undefined for a chunk that is damaged; that is no reason to give up the others. */
  #decoded({ id, tier }: ChunkInfo, data: Uint8Array | undefined, wanted?: ReadonlySet<number>): Series[] | undefined {
    if (data === undefined) return undefined
    try {
      const series = decodeChunk(data, wanted)
      return series.every(({ columns }) => columns.length === (tier === tiers.samples ? 2 : 5)) ? series : undefined
    } catch (error) {
      this.#deps.logger.debug('a chunk of the history is damaged', { id, error })
      return undefined
    }
  }
}

function chunkOf(tier: Tier, series: readonly Series[], about: Pick<NewChunk, 'spanMs' | 'costBytes'>): NewChunk {
  let firstMs = Infinity
  let lastMs = -Infinity
  for (const { columns } of series) {
    for (const atMs of columns[0] ?? []) {
      firstMs = Math.min(firstMs, atMs)
      lastMs = Math.max(lastMs, atMs)
    }
  }
  return { tier, firstMs, lastMs, ...about, data: encodeChunk(series) }
}
