import { isDeepStrictEqual } from 'node:util'
import { type Clock, type Logger, repeat, type Startable } from '@wrale/kernel'
import type { InventoryBody } from '@wrale/protocol/records'
import type { Board } from '../../hardware/board.ts'

/** Most addresses that an inventory names. */
const maxAddresses = 32

export interface InventoryPublisherDeps {
  readonly board: Board
  readonly clock: Clock
  readonly logger: Logger
  readonly describeSystem: () => Promise<InventoryBody['system']>
  /** Multiaddrs on which this node listens. */
  readonly addresses: () => readonly string[]
  readonly write: (body: InventoryBody) => Promise<unknown>
}

export interface InventoryPublisherOptions {
  readonly name: string
  readonly software: string
  /** Sealed membership certificate. */
  readonly certificate: Uint8Array
  /** Between two looks at the hardware, ms. Default 15 minutes: parts change when someone changes them. */
  readonly describeEveryMs?: number
  /** Between two looks at the addresses, ms. Default 10 000: others find the node by them. */
  readonly addressesEveryMs?: number
}

/** Says what the node is: once at the start, and again when that has changed. */
export class InventoryPublisher implements Startable {
  readonly #deps: InventoryPublisherDeps
  readonly #options: InventoryPublisherOptions
  #last: InventoryBody | undefined
  #lookedAtMs = 0
  #stop: (() => Promise<void>) | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(deps: InventoryPublisherDeps, options: InventoryPublisherOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Returns when the first inventory is written. @throws FleetError when it cannot be written */
  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    this.#stop = repeat(
      clock,
      this.#options.addressesEveryMs ?? 10_000,
      () => (this.#isDue() ? this.refresh() : undefined),
      (error) => logger.error('the inventory could not be published', { error }),
    )
    await this.refresh()
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
    await this.#running.catch(() => undefined)
  }

  /** Looks now, and writes an inventory if something is different. Calls are carried out one after another. */
  refresh(): Promise<void> {
    this.#running = this.#running.catch(() => undefined).then(() => this.#look())
    return this.#running
  }

  #isDue(): boolean {
    if (!isDeepStrictEqual(this.#addresses(), this.#last?.addresses)) return true
    return this.#deps.clock.monotonicMs() - this.#lookedAtMs >= (this.#options.describeEveryMs ?? 15 * 60_000)
  }

  #addresses(): string[] {
    return this.#deps.addresses().slice(0, maxAddresses)
  }

  async #look(): Promise<void> {
    const { board, clock, describeSystem, write } = this.#deps
    const { name, software, certificate } = this.#options
    const { hardware, parts } = await board.describe()
    const body: InventoryBody = {
      name,
      certificate,
      simulated: board.simulated,
      software,
      hardware,
      system: await describeSystem(),
      addresses: this.#addresses(),
      parts: [...parts],
    }
    this.#lookedAtMs = clock.monotonicMs()
    if (isDeepStrictEqual(body, this.#last)) return
    await write(body)
    this.#last = body
  }
}
