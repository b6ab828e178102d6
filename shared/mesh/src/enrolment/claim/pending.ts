import type { Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { ClaimDescription } from '@wrale/protocol/wire'

/** A machine that belongs to no fleet and waits to be claimed, as it was met. */
export interface PendingMachine {
  readonly id: PeerIdText
  readonly description: ClaimDescription
  /** Multiaddr on which it answered. */
  readonly address: string
  /** Wall clock, ms since the Unix epoch. */
  readonly firstSeenWallMs: number
  readonly lastSeenWallMs: number
  /** Monotonic ms. */
  readonly lastSeenMs: number
}

/** Most machines that are kept in mind, and most of one host, so that one that makes up many cannot hide the others. */
const maxMachines = 256
const maxPerHost = 64
/** A machine that did not answer for so long is forgotten, ms. */
const keepMs = 15 * 60_000

/** Machines that wait to be claimed. */
export class PendingMachines {
  readonly #clock: Clock
  readonly #machines = new Map<PeerIdText, PendingMachine>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  list(): readonly PendingMachine[] {
    const sinceMs = this.#clock.monotonicMs() - keepMs
    for (const { id, lastSeenMs } of this.#machines.values()) if (lastSeenMs < sinceMs) this.#machines.delete(id)
    return [...this.#machines.values()]
  }

  get(id: PeerIdText): PendingMachine | undefined {
    return this.#machines.get(id)
  }

  /** The machine answered. @returns undefined when there is no room for it */
  met(id: PeerIdText, description: ClaimDescription, address: string): PendingMachine | undefined {
    const known = this.#machines.get(id)
    if (known === undefined) {
      const all = this.list()
      const host = hostOf(address)
      if (all.length >= maxMachines || all.filter((one) => hostOf(one.address) === host).length >= maxPerHost)
        return undefined
    }
    const wallMs = Math.round(this.#clock.wallMs())
    const machine: PendingMachine = {
      id,
      description,
      address,
      firstSeenWallMs: known?.firstSeenWallMs ?? wallMs,
      lastSeenWallMs: wallMs,
      lastSeenMs: this.#clock.monotonicMs(),
    }
    this.#machines.set(id, machine)
    return machine
  }

  gone(id: PeerIdText): void {
    this.#machines.delete(id)
  }
}

function hostOf(address: string): string {
  return address.split('/')[2] ?? ''
}
