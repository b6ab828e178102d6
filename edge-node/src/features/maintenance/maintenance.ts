import { type Clock, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import { openSettings, type Settings } from '@wrale/host'
import type { MaintenanceView } from '@wrale/protocol/node'
import { z } from 'zod'
import type { StorageFacts } from '../../hardware/board.ts'
import type { Observation } from '../telemetry/telemetry.ts'
import { predictionsOf } from './predictions.ts'
import { countCycles, rainflowAtStart } from './rainflow.ts'

/** Between two writes, ms. What is counted since the last one is lost with a crash. */
const keepEveryMs = 10 * 60_000
/** Swings of temperature below this are no cycles, K. */
export const cycleGateCelsius = 5
/** Longest time between two samples that counts as running, ms: a process that was frozen did not run. */
const longestGapMs = 60_000

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER)
const causes = ['clean', 'power-lost', 'watchdog', 'crash'] as const
export type ShutdownCause = (typeof causes)[number]

const keptSchema = z.strictObject({
  starts: count.default(0),
  runSeconds: count.default(0),
  fanSeconds: count.default(0),
  writtenBytes: count.default(0),
  hottestCelsius: z.number().nullable().default(null),
  cycles: z
    .strictObject({ residue: z.array(z.number()).max(64), cycles: count, rangeSum: count })
    .default({ ...rainflowAtStart, residue: [] }),
  shutdowns: z.partialRecord(z.enum(causes), count).default({}),
  last: z.enum(causes).nullable().default(null),
  /** Boot of the machine in which the daemon runs; null after it ended in order. */
  running: z.string().max(64).nullable().default(null),
})
type Kept = z.output<typeof keptSchema>

export interface MaintenanceDeps {
  readonly sampled: Signal<Observation>
  /** Where the counters are kept. */
  readonly file: string
  /** Names the boot of the machine: another one after each restart of it. */
  readonly bootId: () => Promise<string>
  /** The machine's last reset was its watchdog's; undefined where that is not known. */
  readonly watchdogCausedReset: () => boolean | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** How an ended run of the daemon is explained by what the next one finds. */
export function causeOf(running: string, bootId: string, watchdogCausedReset: boolean | undefined): ShutdownCause {
  if (running === bootId) return 'crash'
  return watchdogCausedReset === true ? 'watchdog' : 'power-lost'
}

/** Counts what wears the machine out, across restarts, with few writes. */
export class Maintenance implements Startable {
  readonly #deps: MaintenanceDeps
  #kept: Kept = keptSchema.parse({})
  #settings: Settings<Kept> | undefined
  #lastMs: number | undefined
  #lastWritten: number | undefined
  #storage: StorageFacts | undefined
  #problem: string | undefined
  #stops: Array<() => unknown> = []

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { bootId, clock, file, logger, sampled, watchdogCausedReset } = this.#deps
    try {
      this.#settings = await openSettings(file, keptSchema)
      const { damaged } = this.#settings
      if (damaged !== undefined) logger.error('the counters of wear were damaged and begin anew', { setAside: damaged })
      this.#kept = structuredClone(this.#settings.data)
    } catch (error) {
      logger.error('the counters of wear cannot be read', { error })
    }
    const boot = await bootId().catch(() => 'unknown')
    const { running } = this.#kept
    if (running !== null) this.#ended(causeOf(running, boot, watchdogCausedReset()))
    this.#kept = { ...this.#kept, starts: this.#kept.starts + 1, running: boot }
    await this.#keep()
    this.#stops = [
      sampled.subscribe((observation) => this.#take(observation)),
      repeat(
        clock,
        keepEveryMs,
        () => this.#keep(),
        (error) => logger.error('keeping the counters failed', { error }),
      ),
    ]
  }

  async stop(): Promise<void> {
    if (this.#stops.length === 0) return
    for (const stop of this.#stops.splice(0)) await stop()
    this.#ended('clean')
    this.#kept.running = null
    await this.#keep()
  }

  view(): MaintenanceView {
    const { starts, runSeconds, fanSeconds, writtenBytes, hottestCelsius, cycles, shutdowns, last } = this.#kept
    const counter = (
      name: string,
      label: string,
      value: number,
      unit: string,
    ): MaintenanceView['counters'][number] => ({
      name,
      label,
      value,
      unit,
    })
    return {
      counters: [
        counter('runSeconds', 'Time in service', runSeconds, 'seconds'),
        counter('fanSeconds', 'Time the fan turned', fanSeconds, 'seconds'),
        counter('temperatureCycles', `Temperature cycles of ${cycleGateCelsius} K or more`, cycles.cycles, 'count'),
        ...(hottestCelsius === null
          ? []
          : [counter('hottestCelsius', 'Highest temperature', hottestCelsius, 'celsius')]),
        counter('bytesWritten', 'Written to the storage by Wrale', writtenBytes, 'bytes'),
      ],
      starts,
      shutdowns: { ...shutdowns },
      lastShutdown: last === null ? null : { cause: last },
      predictions: predictionsOf({ runSeconds, fanSeconds, cycles, storage: this.#storage }),
    }
  }

  #ended(cause: ShutdownCause): void {
    const { shutdowns } = this.#kept
    this.#kept = { ...this.#kept, last: cause, shutdowns: { ...shutdowns, [cause]: (shutdowns[cause] ?? 0) + 1 } }
  }

  #take({ atMs, readings, storage }: Observation): void {
    const spanMs = this.#lastMs === undefined ? 0 : Math.min(longestGapMs, Math.max(0, atMs - this.#lastMs))
    this.#lastMs = atMs
    this.#storage = storage
    const kept = this.#kept
    const { temperatureCelsius: celsius, fanRpm, fanDutyRatio, writtenBytes } = readings
    const turns = fanRpm === undefined ? (fanDutyRatio ?? 0) > 0 : fanRpm > 0
    kept.runSeconds += spanMs / 1000
    if (turns) kept.fanSeconds += spanMs / 1000
    if (celsius !== undefined) {
      kept.hottestCelsius = Math.max(kept.hottestCelsius ?? celsius, celsius)
      const cycles = countCycles(kept.cycles, celsius, cycleGateCelsius)
      kept.cycles = { ...cycles, residue: [...cycles.residue] }
    }
    if (writtenBytes !== undefined) {
      kept.writtenBytes += Math.max(0, writtenBytes - (this.#lastWritten ?? writtenBytes))
      this.#lastWritten = writtenBytes
    }
  }

  /** What the disk refuses is said once; the counters go on in memory. */
  async #keep(): Promise<void> {
    try {
      await this.#settings?.update((data) => Object.assign(data, structuredClone(this.#kept)))
      this.#problem = undefined
    } catch (error) {
      const text = String(error)
      if (text !== this.#problem) this.#deps.logger.error('the counters of wear cannot be kept', { error })
      this.#problem = text
    }
  }
}
