import { type Clock, type FleetErrorCode, type Logger, repeat, type Startable } from '@wrale/kernel'
import type { EventBody } from '@wrale/protocol/records'

export interface StoragePublisherDeps {
  /** Where a damaged record store was put aside at the start, if it was. */
  readonly damaged: string | undefined
  /** Why nothing can be stored at the moment. */
  readonly problem: () => { readonly code: FleetErrorCode; readonly message: string } | undefined
  readonly write: (event: EventBody) => Promise<unknown>
  readonly clock: Clock
  readonly logger: Logger
}

const everyMs = 2000

/** Tells the fleet, as events, what became of this member's storage: set aside as damaged, failing, working again. */
export class StoragePublisher implements Startable {
  readonly #deps: StoragePublisherDeps
  #told: FleetErrorCode | undefined
  #toldDamage = false
  #stop: (() => Promise<void>) | undefined

  constructor(deps: StoragePublisherDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    this.#stop = repeat(
      clock,
      everyMs,
      () => this.#look(),
      (error) => logger.error('the fleet could not be told of the storage', { error }),
    )
    await this.#look().catch((error: unknown) => logger.error('the fleet could not be told of the storage', { error }))
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
  }

  async #look(): Promise<void> {
    const { damaged, problem, write } = this.#deps
    if (damaged !== undefined && !this.#toldDamage) {
      const message = 'The record store was damaged and was set aside; what was in it comes back from other members'
      await write({ name: 'storage.damaged', severity: 'warning', message })
      this.#toldDamage = true
    }
    const found = problem()
    if (found?.code === this.#told) return
    await write(
      found === undefined
        ? { name: 'storage.recovered', severity: 'info', message: 'Records are stored again' }
        : {
            name: 'storage.failing',
            severity: 'critical',
            message: `Nothing can be stored: ${found.message}`.slice(0, 400),
            data: { code: found.code },
          },
    )
    this.#told = found?.code
  }
}
