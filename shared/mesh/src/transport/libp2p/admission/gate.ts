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
  readonly #entries = new WeakMap<Connection, Entry>()
  readonly #pending = new Set<Entry>()
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
    this.#entries.set(connection, entry)
    this.#pending.add(entry)
    this.#arm(entry, this.#options.deadlineMs)
    const [oldest] = this.#pending
    if (this.#pending.size > this.#options.maxPending && oldest !== undefined) {
      this.#drop(oldest, new FleetError('RATE_LIMITED', 'too many connections that are not members’'))
    }
  }

  /** Gives a pending connection another `ms` from now. */
  extend(connection: Connection, ms: number): void {
    const entry = this.#entries.get(connection)
    if (entry?.standing === 'pending') this.#arm(entry, ms)
  }

  admit(connection: Connection): void {
    this.#settle(connection, 'admitted')
  }

  refuse(connection: Connection, error: FleetError): void {
    this.#settle(connection, 'refused', error)
  }

  /** A connection that closes before it is admitted never will be. */
  closed(connection: Connection): void {
    this.refuse(connection, new FleetError('UNAVAILABLE', 'the connection closed'))
  }

  standing(connection: Connection): 'pending' | 'admitted' | 'refused' | 'unknown' {
    return this.#entries.get(connection)?.standing ?? 'unknown'
  }

  /** Connections that wait for their hello. */
  pending(): Connection[] {
    return [...this.#pending].map(({ connection }) => connection)
  }

  /** Waits while the hello is under way. @throws FleetError, why the connection was not admitted */
  async whenAdmitted(connection: Connection): Promise<void> {
    const entry = this.#entries.get(connection)
    if (entry === undefined) throw new FleetError('UNAVAILABLE', 'the connection is not known here')
    await entry.settled.promise
  }

  #settle(connection: Connection, standing: 'admitted' | 'refused', error?: FleetError): void {
    const entry = this.#entries.get(connection)
    if (entry?.standing !== 'pending') return
    entry.cancelDeadline()
    this.#pending.delete(entry)
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
}
