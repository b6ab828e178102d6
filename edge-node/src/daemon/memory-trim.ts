import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Cancel, type Clock, repeat, type Startable } from '@wrale/kernel'

export interface MemoryTrimOptions {
  /** From the start to the first collection, ms. Default 10 000: what starting left behind is garbage by then. */
  readonly firstMs?: number
  /** Between two further ones, ms. Default 10 minutes. */
  readonly everyMs?: number
}

/**
 * Collects garbage now and then. Left alone, V8 waits for memory to fill, which in a process that allocates little takes hours. One
 * collection takes 15 to 100 ms.
 */
export class MemoryTrim implements Startable {
  readonly #deps: { readonly clock: Clock; readonly collect: () => void }
  readonly #firstMs: number
  readonly #everyMs: number
  #cancelFirst: Cancel | undefined
  #stop: (() => Promise<void>) | undefined

  constructor(deps: { readonly clock: Clock; readonly collect: () => void }, options: MemoryTrimOptions = {}) {
    this.#deps = deps
    this.#firstMs = options.firstMs ?? 10_000
    this.#everyMs = options.everyMs ?? 600_000
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, collect } = this.#deps
    this.#cancelFirst = clock.schedule(this.#firstMs, collect)
    this.#stop = repeat(clock, this.#everyMs, collect, () => undefined)
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    this.#cancelFirst?.()
    await stop?.()
  }
}

/** V8's collector, which is hidden unless Node is started with a flag; each call makes it visible for itself alone. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
