import type { Cancel, Clock } from '@wrale/kernel'
import { FleetError } from '@wrale/kernel'
import { type Debounced, observe, type Settled, settle } from './debounce.ts'
import { EdgeQueue } from './edge-queue.ts'
import type { EdgeWatch, WatchOptions } from './gpio.ts'
import { type Level, opposite } from './settings.ts'

/** Most watches of one line. */
const maxWatches = 16

export interface EdgeDetectorDeps {
  readonly clock: Clock
  /** The level now; undefined when the line does not answer. */
  readonly read: () => Level | undefined
}

/** Makes edges from the changes of one input, and hands them to its watches. */
export class EdgeDetector {
  readonly #deps: EdgeDetectorDeps
  readonly #line: string
  readonly #debounceMs: number
  readonly #queues = new Set<EdgeQueue>()
  #state: Debounced | undefined
  #cancel: Cancel | undefined
  #bounces = 0

  constructor(deps: EdgeDetectorDeps, options: { readonly line: string; readonly debounceMs: number }) {
    this.#deps = deps
    this.#line = options.line
    this.#debounceMs = options.debounceMs
  }

  get bounces(): number {
    return this.#bounces
  }

  /** The line is there, at `level`. The first time this is where it starts; later a level that changed meanwhile is a change. */
  resume(level: Level): void {
    if (this.#state === undefined) this.#state = { reported: level }
    else if (level === this.#state.reported) this.#state = { reported: level }
    else this.seen(level)
  }

  /** The line changed, and is at `level` now. */
  seen(level: Level): void {
    if (this.#state === undefined) return
    const { state, edges, bounced } = observe(this.#state, level, this.#deps.clock.monotonicMs(), this.#debounceMs)
    this.#state = state
    if (bounced) this.#bounces++
    this.#report(edges)
    this.#arm()
  }

  /** The line went away. Leaves no timer; what was reported last is kept for `resume`. */
  pause(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  watch(options?: WatchOptions): EdgeWatch {
    if (this.#queues.size >= maxWatches) {
      throw new FleetError('TOO_LARGE', `line ${this.#line} has ${maxWatches} watches; close one first`, {
        line: this.#line,
      })
    }
    const queue = new EdgeQueue({ line: this.#line, onClose: (closed) => this.#queues.delete(closed) }, options)
    this.#queues.add(queue)
    return queue
  }

  closeWatches(): void {
    for (const queue of [...this.#queues]) queue.close()
  }

  #arm(): void {
    this.pause()
    const since = this.#state?.changingSinceMs
    if (since === undefined) return
    // Whole milliseconds: a timer that comes a fraction early would otherwise be armed for fractions without end.
    const waitMs = Math.max(1, Math.ceil(since + this.#debounceMs - this.#deps.clock.monotonicMs()))
    this.#cancel = this.#deps.clock.schedule(waitMs, () => this.#onTime())
  }

  #onTime(): void {
    this.#cancel = undefined
    const level = this.#deps.read()
    if (this.#state === undefined || level === undefined) return
    // A change back that nobody told of: it did not hold.
    if (level !== opposite(this.#state.reported)) {
      this.#state = { reported: level }
      this.#bounces++
      return
    }
    const { state, edge } = settle(this.#state, this.#deps.clock.monotonicMs(), this.#debounceMs)
    this.#state = state
    this.#report(edge === undefined ? [] : [edge])
    this.#arm()
  }

  #report(edges: readonly NonNullable<Settled['edge']>[]): void {
    for (const { level, atMs } of edges) for (const queue of [...this.#queues]) queue.push(level, atMs)
  }
}
