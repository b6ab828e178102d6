import {
  backoffMs,
  type Clock,
  Emitter,
  FleetError,
  merged,
  type Signal,
  toFleetError,
  type Unsubscribe,
} from '@wrale/kernel'

/** Fetches a part; one function is one part. A rejected call may be made again: browsers ask again for a module that did not come. */
export type FetchPart<T> = () => Promise<T>

export interface PartLoaderDeps {
  readonly clock: Pick<Clock, 'schedule'>
  /** The station may be reachable again. */
  readonly comeback: Signal<void>
  /** In [0, 1); spreads the waits. */
  readonly random?: () => number
}

export interface PartLoaderOptions {
  /** Longest wait before the second try, ms; it doubles with each. 500 */
  readonly firstWaitMs?: number
  /** No wait is longer, ms. 8000 */
  readonly maxWaitMs?: number
  /** How often a part is asked for before its failure is shown. 6 */
  readonly tries?: number
  /** From the first try to the moment at which the failure is shown even if a try is still under way, ms. 30,000 */
  readonly patienceMs?: number
}

/** A part did not come, however often it was asked for. */
export class PartError extends FleetError {
  /** Lets the next who asks for the part begin anew. To be called once the failure is on the screen. */
  readonly release: () => void
  /** There is reason to ask again: the station may be there again, or the part came after all. */
  readonly again: Signal<void>

  constructor(cause: unknown, release: () => void, again: Signal<void>) {
    const { code, message } = toFleetError(cause, 'UNAVAILABLE')
    super(code, message, {}, { cause })
    this.name = 'PartError'
    this.release = release
    this.again = again
  }
}

interface Part {
  /** What came. */
  value?: unknown
  /** One try, shared by all who wait for it. */
  trying?: Promise<unknown>
  /** All tries together; a failure stays until it is released. */
  asked?: Promise<unknown>
  readonly came: Emitter<void>
}

/** Loads the parts of the page that the first screen does without. The station that has them may be away: asks again, within bounds. */
export class PartLoader {
  readonly #deps: PartLoaderDeps
  readonly #options: Required<PartLoaderOptions>
  readonly #parts = new Map<FetchPart<unknown>, Part>()

  constructor(deps: PartLoaderDeps, options: PartLoaderOptions = {}) {
    this.#deps = deps
    this.#options = { firstWaitMs: 500, maxWaitMs: 8000, tries: 6, patienceMs: 30_000, ...options }
  }

  /** The part, if it is here. */
  loaded<T>(fetch: FetchPart<T>): T | undefined {
    return this.#part(fetch).value as T | undefined
  }

  /** The part, when it comes: always the same promise until its failure, a PartError, is released. */
  load<T>(fetch: FetchPart<T>): Promise<T> {
    const part = this.#part(fetch)
    part.asked ??= this.#persist(fetch, part)
    return part.asked as Promise<T>
  }

  /**
   * Fetches parts one after another before anyone needs them. Where one does not come, it goes on when the station is
   * back, and nobody is bothered.
   */
  prefetch(fetches: readonly FetchPart<unknown>[]): Unsubscribe {
    let running = false
    let again = false
    const run = async (): Promise<void> => {
      again = true
      if (running) return
      running = true
      while (again) {
        again = false
        try {
          for (const fetch of fetches) await this.#try(fetch, this.#part(fetch))
        } catch {
          // Who needs it asks for it, and sees why it does not come.
        }
      }
      running = false
    }
    const end = this.#deps.comeback.subscribe(() => void run())
    void run()
    return end
  }

  #part(fetch: FetchPart<unknown>): Part {
    const known = this.#parts.get(fetch)
    if (known !== undefined) return known
    const part: Part = { came: new Emitter() }
    this.#parts.set(fetch, part)
    return part
  }

  async #try(fetch: FetchPart<unknown>, part: Part): Promise<unknown> {
    if (part.value !== undefined) return part.value
    part.trying ??= (async () => {
      try {
        part.value = await fetch()
      } finally {
        delete part.trying
      }
      part.came.emit()
      return part.value
    })()
    return part.trying
  }

  async #persist(fetch: FetchPart<unknown>, part: Part): Promise<unknown> {
    const { clock, comeback } = this.#deps
    const over = new AbortController()
    let cancel: Unsubscribe = () => undefined
    const late = new Promise<never>((_, reject) => {
      cancel = clock.schedule(this.#options.patienceMs, () =>
        reject(new FleetError('TIMEOUT', 'The station did not send it in time')),
      )
    })
    try {
      return await Promise.race([this.#tryOften(fetch, part, over.signal), late])
    } catch (cause) {
      throw new PartError(cause, () => delete part.asked, merged(comeback, part.came))
    } finally {
      cancel()
      over.abort()
    }
  }

  async #tryOften(fetch: FetchPart<unknown>, part: Part, over: AbortSignal): Promise<unknown> {
    const { firstWaitMs, maxWaitMs, tries } = this.#options
    const { random } = this.#deps
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.#try(fetch, part)
      } catch (error) {
        if (tried >= tries || over.aborted) throw error
      }
      await this.#wait(backoffMs(tried - 1, { firstMs: firstWaitMs, maxMs: maxWaitMs }, random?.()), over)
      if (over.aborted) return undefined
    }
  }

  /** Until the time has passed, the station is back, or nobody waits any more. */
  #wait(ms: number, over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel()
        unsubscribe()
        over.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.#deps.clock.schedule(ms, end)
      const unsubscribe = this.#deps.comeback.subscribe(end)
      over.addEventListener('abort', end)
    })
  }
}
