import type { Cancel, Clock } from '@wrale/kernel'

export interface BatcherOptions {
  /** In which items that follow one another are gathered, ms. */
  readonly windowMs: number
  readonly maxItems: number
  readonly maxBytes: number
  /** Items that may wait; past it the oldest are dropped. */
  readonly maxQueued: number
  readonly send: (batch: Uint8Array[]) => void
  readonly onDropped: (count: number) => void
}

/** Gathers bursts: the first item goes at once, what follows within the window goes together. */
export class Batcher {
  readonly #clock: Clock
  readonly #options: BatcherOptions
  #queue: Uint8Array[] = []
  #cancel: Cancel | undefined

  constructor(clock: Clock, options: BatcherOptions) {
    this.#clock = clock
    this.#options = options
  }

  push(item: Uint8Array): void {
    this.#queue.push(item)
    const surplus = this.#queue.length - this.#options.maxQueued
    if (surplus > 0) {
      this.#queue.splice(0, surplus)
      this.#options.onDropped(surplus)
    }
    if (this.#cancel === undefined) this.#flush()
  }

  /** Forgets what waits and leaves no timer. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#queue = []
  }

  #flush(): void {
    this.#cancel = undefined
    const batch = this.#take()
    if (batch.length === 0) return
    this.#cancel = this.#clock.schedule(this.#options.windowMs, () => this.#flush())
    this.#options.send(batch)
  }

  #take(): Uint8Array[] {
    const batch: Uint8Array[] = []
    let bytes = 0
    for (const item of this.#queue) {
      bytes += item.byteLength
      if (batch.length > 0 && (batch.length === this.#options.maxItems || bytes > this.#options.maxBytes)) break
      batch.push(item)
    }
    this.#queue.splice(0, batch.length)
    return batch
  }
}
