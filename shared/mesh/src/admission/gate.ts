import type { Connection } from '@libp2p/interface'
import { type Cancel, type Clock, FleetError } from '@wrale/kernel'

interface Entry {
  readonly connection: Connection
  readonly settled: PromiseWithResolvers<void>
  standing: 'pending' | 'admitted' | 'refused'
  cancelDeadline: Cancel
}

export interface GateOptions {
  /** Most connections that wait at once. */
  readonly maxPending: number
  /** How long a connection may wait, ms. */
  readonly deadlineMs: number
  /** Called for a connection that waited too long, or had to make room; it is refused already. */
  readonly onOverdue: (connection: Connection, error: FleetError) => void
}

/** Who of the open connections is admitted. Every connection starts as pending and is settled once. */
export class Gate {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock
  readonly #options: GateOptions

  constructor(clock: Clock, options: GateOptions) {
    this.#clock = clock
    this.#options = options
  }

  open(connection: Connection): void {
    const settled = Promise.withResolvers<void>()
    // Nobody may be waiting when a connection is refused.
    settled.promise.catch(() => undefined)
    const entry: Entry = { connection, settled, standing: 'pending', cancelDeadline: () => undefined }
    this.#entries.set(connection.id, entry)
    this.#arm(entry, this.#options.deadlineMs)
    this.#makeRoom()
  }

  /** Gives a pending connection another `ms` from now. */
  extend(connection: Connection, ms: number): void {
    const entry = this.#entries.get(connection.id)
    if (entry?.standing === 'pending') this.#arm(entry, ms)
  }

  admit(connection: Connection): void {
    this.#settle(connection, 'admitted')
  }

  refuse(connection: Connection, error: FleetError): void {
    this.#settle(connection, 'refused', error)
  }

  closed(connection: Connection): void {
    this.refuse(connection, new FleetError('UNAVAILABLE', 'the connection closed'))
    this.#entries.delete(connection.id)
  }

  standing(connection: Connection): 'pending' | 'admitted' | 'refused' | 'unknown' {
    return this.#entries.get(connection.id)?.standing ?? 'unknown'
  }

  /** Waits while the hello is under way. @throws FleetError, why the connection was not admitted */
  async whenAdmitted(connection: Connection): Promise<void> {
    const entry = this.#entries.get(connection.id)
    if (entry === undefined) throw new FleetError('UNAVAILABLE', 'the connection closed')
    await entry.settled.promise
  }

  #settle(connection: Connection, standing: 'admitted' | 'refused', error?: FleetError): void {
    const entry = this.#entries.get(connection.id)
    if (entry?.standing !== 'pending') return
    entry.cancelDeadline()
    entry.standing = standing
    if (error === undefined) entry.settled.resolve()
    else entry.settled.reject(error)
  }

  #arm(entry: Entry, ms: number): void {
    entry.cancelDeadline()
    entry.cancelDeadline = this.#clock.schedule(ms, () => {
      this.#drop(entry, new FleetError('TIMEOUT', 'the connection did not become a member’s in time'))
    })
  }

  #drop(entry: Entry, error: FleetError): void {
    this.refuse(entry.connection, error)
    this.#options.onOverdue(entry.connection, error)
  }

  #makeRoom(): void {
    const pending = [...this.#entries.values()].filter((entry) => entry.standing === 'pending')
    const oldest = pending[0]
    if (pending.length > this.#options.maxPending && oldest !== undefined) {
      this.#drop(oldest, new FleetError('RATE_LIMITED', 'too many connections that are not members’'))
    }
  }
}
