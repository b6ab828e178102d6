import type { Clock } from '@wrale/kernel'
import type { MetricName } from '@wrale/protocol'
import type { Observation } from '../../features/telemetry/telemetry.ts'

/** Shorter spans say nothing about a day, ms. */
const shortestMs = 10 * 60_000
const dayMs = 86_400_000

/** What a counter of bytes comes to in a day, by what was written since the daemon started. */
export class WriteRate {
  readonly #metric: MetricName
  readonly #clock: Clock
  #first: { readonly atMs: number; readonly bytes: number } | undefined
  #bytes = 0

  constructor(deps: { readonly clock: Clock }, metric: MetricName) {
    this.#clock = deps.clock
    this.#metric = metric
  }

  take({ atMs, readings }: Observation): void {
    const bytes = readings[this.#metric]
    if (bytes === undefined) return
    // A counter that fell began anew.
    if (this.#first === undefined || bytes < this.#bytes) this.#first = { atMs, bytes }
    this.#bytes = bytes
  }

  /** Undefined until enough time has been seen. */
  get bytesPerDay(): number | undefined {
    if (this.#first === undefined) return undefined
    const spanMs = this.#clock.monotonicMs() - this.#first.atMs
    return spanMs < shortestMs ? undefined : ((this.#bytes - this.#first.bytes) / spanMs) * dayMs
  }
}
