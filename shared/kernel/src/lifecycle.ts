/** A long-lived object. Both calls are idempotent; after `stop` resolves no timer, handle or listener of it is left. */
export interface Startable {
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts parts in order and stops them in the reverse order. When one fails to start, those already started are
 * stopped before the error is thrown; when one fails to stop, the others are stopped all the same.
 */
export class Lifecycle implements Startable {
  readonly #parts: readonly Startable[]
  readonly #started: Startable[] = []

  constructor(parts: readonly Startable[]) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    if (this.#started.length > 0) return
    for (const part of this.#parts) {
      this.#started.push(part)
      try {
        await part.start()
      } catch (error) {
        await this.stop().catch(() => undefined)
        throw error
      }
    }
  }

  async stop(): Promise<void> {
    const failures: unknown[] = []
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      try {
        await part.stop()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} parts failed to stop`)
  }
}
