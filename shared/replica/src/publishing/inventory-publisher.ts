import { type Clock, type Logger, repeat, type Startable } from '@wrale/kernel'
import { encodeCbor } from '@wrale/protocol'
import type { InventoryBody } from '@wrale/protocol/records'

/** Most addresses that an inventory names. */
const maxAddresses = 32

export interface InventoryPublisherDeps {
  /** Looks at the member. */
  readonly describe: (addresses: string[]) => Promise<InventoryBody>
  /** Multiaddrs on which this member listens. */
  readonly addresses: () => readonly string[]
  readonly write: (body: InventoryBody) => Promise<unknown>
  readonly clock: Clock
  readonly logger: Logger
}

export interface InventoryPublisherOptions {
  /** Between two descriptions, ms. Default 15 minutes: parts change when someone changes them. */
  readonly describeEveryMs?: number
  /** Between two looks at the addresses, ms. Default 10 000: others find the member by them. */
  readonly addressesEveryMs?: number
}

/** Says what the member is: once at the start, and again when that has changed. */
export class InventoryPublisher implements Startable {
  readonly #deps: InventoryPublisherDeps
  readonly #options: Required<InventoryPublisherOptions>
  #lastAddresses: readonly string[] = []
  #lastBytes: Uint8Array = new Uint8Array()
  #describedAtMs = 0
  #stop: (() => Promise<void>) | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(deps: InventoryPublisherDeps, options: InventoryPublisherOptions = {}) {
    this.#deps = deps
    this.#options = {
      describeEveryMs: options.describeEveryMs ?? 15 * 60_000,
      addressesEveryMs: options.addressesEveryMs ?? 10_000,
    }
  }

  /** Returns when the first inventory is written. @throws FleetError when it cannot be written */
  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    this.#stop = repeat(
      clock,
      this.#options.addressesEveryMs,
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
    const addresses = this.#addresses()
    const last = this.#lastAddresses
    if (addresses.length !== last.length || addresses.some((address, index) => address !== last[index])) return true
    return this.#deps.clock.monotonicMs() - this.#describedAtMs >= this.#options.describeEveryMs
  }

  #addresses(): string[] {
    return this.#deps.addresses().slice(0, maxAddresses)
  }

  async #look(): Promise<void> {
    const { clock, describe, write } = this.#deps
    const addresses = this.#addresses()
    const body = await describe(addresses)
    this.#describedAtMs = clock.monotonicMs()
    // Deterministic: equal bodies have equal bytes.
    const bytes = encodeCbor(body)
    if (bytes.length === this.#lastBytes.length && bytes.every((byte, index) => byte === this.#lastBytes[index])) return
    await write(body)
    this.#lastAddresses = addresses
    this.#lastBytes = bytes
  }
}
