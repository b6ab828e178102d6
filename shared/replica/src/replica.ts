import { type Clock, Emitter, FleetError, type Logger, repeat, type Signal, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import {
  type FleetRecord,
  type RecordBodies,
  type RecordKind,
  type RecordPayload,
  slotOf,
} from '@wrale/protocol/records'
import { type Identity, openRecord, sealRecord } from '@wrale/protocol/signing'
import { HybridClock } from './hybrid-clock.ts'
import type { MemberDirectory } from './member-directory.ts'
import type { ReplicaStorage } from './storage/storage.ts'

/** Key of things of which every member has one. */
const selfKey = 'self'

/** Newest version of one thing, and when its author was last heard saying it, in this machine's clocks. */
export interface ReplicaEntry {
  readonly record: FleetRecord
  readonly heardAtMonotonicMs: number
  readonly heardAtWallMs: number
}

export interface ReplicaDeps {
  readonly identity: Identity
  readonly clock: Clock
  readonly storage: ReplicaStorage
  readonly directory: MemberDirectory
  readonly logger: Logger
}

export interface ReplicaOptions {
  /** Most things (author, kind, key) that are held; a record of a further one is refused. Default 8192. */
  readonly maxSlots?: number
  /** Longest time that a record of another member waits before it is stored, ms. Default 1000. */
  readonly flushIntervalMs?: number
  /** Sequence numbers that are reserved at a time: storage is written once in so many of one's own writes. Default 1000. */
  readonly reserve?: number
}

/** What became of a record that a peer sent. */
export type Received = 'new' | 'known' | 'rejected'

/** The records that this member holds: those that it wrote, and the newest of each thing that others wrote. */
export class Replica {
  readonly written: Signal<FleetRecord>
  readonly changed: Signal<ReplicaEntry>
  readonly rejected: Signal<{ readonly from: PeerIdText; readonly error: FleetError }>
  readonly #deps: ReplicaDeps
  readonly #maxSlots: number
  readonly #flushIntervalMs: number
  readonly #reserve: number
  readonly #hlc: HybridClock
  readonly #slots = new Map<string, ReplicaEntry>()
  readonly #unsaved = new Map<string, ReplicaEntry>()
  readonly #written = new Emitter<FleetRecord>()
  readonly #changed = new Emitter<ReplicaEntry>()
  readonly #rejected = new Emitter<{ from: PeerIdText; error: FleetError }>()
  #lastSeq = 0
  #reservedSeq = 0
  #writing: Promise<unknown> = Promise.resolve()
  #stopFlushing: (() => Promise<void>) | undefined

  constructor(deps: ReplicaDeps, options: ReplicaOptions = {}) {
    this.#deps = deps
    this.#maxSlots = options.maxSlots ?? 8192
    this.#flushIntervalMs = options.flushIntervalMs ?? 1000
    this.#reserve = options.reserve ?? 1000
    this.#hlc = new HybridClock(deps.clock)
    this.written = this.#written
    this.changed = this.#changed
    this.rejected = this.#rejected
  }

  /** Reads what is stored. Records that no longer open are left out and reported. */
  async open(): Promise<void> {
    if (this.#stopFlushing !== undefined) return
    const { storage, clock, logger } = this.#deps
    if (storage.damaged !== undefined)
      logger.error('a damaged record store was set aside; records come back from peers', { file: storage.damaged })
    this.#reservedSeq = storage.reservedSeq()
    this.#lastSeq = this.#reservedSeq
    const opened: ReplicaEntry[] = []
    for (const { sealed, heardAtWallMs } of storage.load()) {
      try {
        const record = await openRecord(Uint8Array.from(sealed))
        const agoMs = Math.max(0, clock.wallMs() - heardAtWallMs)
        opened.push({ record, heardAtWallMs, heardAtMonotonicMs: clock.monotonicMs() - agoMs })
      } catch (error) {
        logger.error('a stored record was left out', { error })
      }
    }
    for (const entry of inventoriesFirst(opened)) {
      try {
        await this.#authorise(entry.record)
        this.#slots.set(slotOf(entry.record), entry)
      } catch (error) {
        logger.error('a stored record was left out', { error })
      }
    }
    this.#stopFlushing = repeat(
      clock,
      this.#flushIntervalMs,
      () => this.#flush(),
      (error) => logger.error('records could not be stored', { error }),
    )
  }

  /** Stores what is still waiting and closes the storage. */
  async close(): Promise<void> {
    await this.#stopFlushing?.()
    this.#stopFlushing = undefined
    await this.#writing.catch(() => undefined)
    this.#flush()
    this.#deps.storage.close()
  }

  /** Writes a new version of one of this member's own things. Calls are carried out one after another. */
  write<K extends RecordKind>(kind: K, body: RecordBodies[K]): Promise<FleetRecord> {
    const done = this.#writing.then(async () => {
      const seq = this.#nextSeq()
      const payload = { kind, key: selfKey, seq, hlc: this.#hlc.tick(), body } as RecordPayload
      const record = await sealRecord(payload, this.#deps.identity)
      await this.#authorise(record)
      this.#keep(record, 0)
      this.#flush()
      this.#written.emit(record)
      return record
    })
    this.#writing = done.catch(() => undefined)
    return done
  }

  /**
   * Checks and merges a record that a peer sent. Whatever is in it, this does not throw: what is wrong is refused and told
   * through `rejected`.
   * @param source.ageMs how long ago the sender heard the author, ms
   */
  async receive(sealed: Uint8Array, source: { readonly from: PeerIdText; readonly ageMs: number }): Promise<Received> {
    try {
      const record = await openRecord(sealed)
      if (record.author === this.#deps.identity.id) return this.#receiveOwn(record)
      const held = this.#slots.get(slotOf(record))
      if (held === undefined || held.record.seq < record.seq) await this.#authorise(record)
      return this.#keep(record, source.ageMs) ? 'new' : 'known'
    } catch (error) {
      this.#rejected.emit({ from: source.from, error: toFleetError(error, 'FRAME_INVALID') })
      return 'rejected'
    }
  }

  latest(author: PeerIdText, kind: RecordKind): ReplicaEntry | undefined {
    return this.#slots.get(slotOf({ author, kind, key: selfKey }))
  }

  /** Everything held, or everything of one kind. */
  *entries(kind?: RecordKind): Generator<ReplicaEntry> {
    for (const entry of this.#slots.values()) if (kind === undefined || entry.record.kind === kind) yield entry
  }

  /** Slot to sequence number of everything held. */
  digest(): Record<string, number> {
    return Object.fromEntries([...this.#slots].map(([slot, { record }]) => [slot, record.seq]))
  }

  /** What is newer here than in `have`, with the time since its author was heard. Inventories come first: they carry certificates. */
  missingFrom(have: Readonly<Record<string, number>>): ReadonlyArray<{ sealed: Uint8Array; ageMs: number }> {
    const now = this.#deps.clock.monotonicMs()
    const newer = [...this.#slots].filter(
      ([slot, { record }]) => record.seq > (Object.hasOwn(have, slot) ? (have[slot] ?? 0) : 0),
    )
    return inventoriesFirst(newer.map(([, entry]) => entry)).map(({ record, heardAtMonotonicMs }) => ({
      sealed: record.sealed,
      ageMs: record.author === this.#deps.identity.id ? 0 : Math.max(0, Math.round(now - heardAtMonotonicMs)),
    }))
  }

  #nextSeq(): number {
    const seq = this.#lastSeq + 1
    if (seq > this.#reservedSeq) {
      this.#reservedSeq = seq + this.#reserve
      this.#deps.storage.reserveSeq(this.#reservedSeq)
    }
    this.#lastSeq = seq
    return seq
  }

  /** A peer still has what this member wrote in a life that its storage forgot: numbers go on above it. */
  #receiveOwn(record: FleetRecord): Received {
    if (record.seq > this.#lastSeq) this.#lastSeq = record.seq
    return 'known'
  }

  /** @throws FleetError when the author may not write this */
  async #authorise(record: FleetRecord): Promise<void> {
    if (record.key !== selfKey) throw new FleetError('FORBIDDEN', `a ${record.kind} has the key "${selfKey}"`)
    const { directory } = this.#deps
    if (record.kind === 'inventory') await directory.admit(record.body.certificate, record.author)
    if (directory.get(record.author) === undefined)
      throw new FleetError('NOT_MEMBER', 'the author is not known to be a member')
  }

  #keep(record: FleetRecord, ageMs: number): boolean {
    const slot = slotOf(record)
    const held = this.#slots.get(slot)
    const { clock } = this.#deps
    const entry = { record, heardAtMonotonicMs: clock.monotonicMs() - ageMs, heardAtWallMs: clock.wallMs() - ageMs }
    if (held !== undefined && held.record.seq > record.seq) return false
    if (held !== undefined && held.record.seq === record.seq) {
      if (entry.heardAtMonotonicMs > held.heardAtMonotonicMs) this.#slots.set(slot, { ...entry, record: held.record })
      return false
    }
    if (held === undefined && this.#slots.size >= this.#maxSlots) {
      throw new FleetError('RATE_LIMITED', `this member holds ${this.#maxSlots} things already`)
    }
    this.#slots.set(slot, entry)
    this.#unsaved.set(slot, entry)
    this.#changed.emit(entry)
    return true
  }

  #flush(): void {
    if (this.#unsaved.size === 0) return
    const batch = [...this.#unsaved]
    this.#deps.storage.put(
      batch.map(([slot, { record, heardAtWallMs }]) => ({
        slot,
        seq: record.seq,
        sealed: record.sealed,
        heardAtWallMs,
      })),
    )
    this.#unsaved.clear()
  }
}

function inventoriesFirst(entries: readonly ReplicaEntry[]): ReplicaEntry[] {
  const rank = ({ record }: ReplicaEntry): number => (record.kind === 'inventory' ? 0 : 1)
  return entries.toSorted((a, b) => rank(a) - rank(b))
}
