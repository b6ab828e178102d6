import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Cancel, Clock, Startable } from '@wrale/kernel'

export interface MemoryTrimOptions {
  /** From the start to the first collection, ms. Default 10 000: what starting left behind is garbage by then. */
  readonly firstMs?: number
  /** Longest time between two further ones, ms; from the first on it doubles up to this. Default 10 minutes. */
  readonly everyMs?: number
}

/**
 * Collects garbage now and then: often at first, while a node meets its fleet and much of what it needed is not needed any more. Left
 * alone, V8 waits for memory to fill, which in a process that allocates little takes hours. One collection takes 15 to 100 ms.
 */
export class MemoryTrim implements Startable {
  readonly #deps: { readonly clock: Clock; readonly collect: () => void }
  readonly #firstMs: number
  readonly #everyMs: number
  #cancel: Cancel | undefined

  constructor(deps: { readonly clock: Clock; readonly collect: () => void }, options: MemoryTrimOptions = {}) {
    this.#deps = deps
    this.#firstMs = options.firstMs ?? 10_000
    this.#everyMs = options.everyMs ?? 600_000
  }

  async start(): Promise<void> {
    if (this.#cancel === undefined) this.#collectAfter(this.#firstMs)
  }

  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #collectAfter(waitMs: number): void {
    const { clock, collect } = this.#deps
    this.#cancel = clock.schedule(waitMs, () => {
      this.#collectAfter(Math.min(2 * waitMs, this.#everyMs))
      collect()
    })
  }
}

/** V8's collector, which is hidden unless Node is started with a flag; each call makes it visible for itself alone. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
