import { Emitter, FleetError, repeat, type Signal, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type {
  FieldValue,
  FleetRecord,
  ObjectRef,
  OpaqueRecord,
  RecordBodies,
  RecordKind,
  RecordPayload,
} from '@wrale/protocol/records'
import { memberObjectType } from '@wrale/protocol/membership'
import { openRecord, sealRecord } from '@wrale/protocol/signing'
import type { Digest } from '@wrale/protocol/wire'
import { type AnyEntry, type AuthorLog, entryOf, isOpaque, type ReplicaEntry } from './author-log.ts'
import { AuthorLogs } from './author-logs.ts'
import { Authority } from './authority.ts'
import { compareBytes, sameBytes } from './bytes.ts'
import { HybridClock } from './hybrid-clock.ts'
import { type FieldState, historyOf, type IntentRecord, mergeIntents } from './intents.ts'
import { restore } from './loading.ts'
import { OwnNumbers } from './own-numbers.ts'
import { revocationFrom } from './revocation.ts'
import { Saver } from './saver.ts'
import type { Contact, Missing, Received, ReplicaDeps, ReplicaOptions } from './types.ts'

const notTheSendersFault: ReadonlySet<string> = new Set(['NOT_MEMBER', 'UNAVAILABLE', 'RATE_LIMITED', 'STORAGE_FULL'])

/** The records that this member holds: its own, and of every other author what is still valid. */
export class Replica {
  readonly written: Signal<FleetRecord>
  readonly changed: Signal<ReplicaEntry>
  readonly rejected: Signal<{ readonly from: PeerIdText; readonly error: FleetError }>
  /** Two different records under one number: the author's key is in two places, or the author lies. */
  readonly equivocated: Signal<{ readonly author: PeerIdText; readonly seq: number }>
  /** A peer said that an author was complete up to a number, and it was not so. The peer may only have passed on what it was told. */
  readonly misled: Signal<{ readonly author: PeerIdText; readonly by: PeerIdText | null }>
  readonly #deps: ReplicaDeps
  readonly #options: Required<Omit<ReplicaOptions, 'volatile'>>
  readonly #hlc: HybridClock
  readonly #authority: Authority
  readonly #saver: Saver
  readonly #logs: AuthorLogs
  readonly #written = new Emitter<FleetRecord>()
  readonly #changed = new Emitter<ReplicaEntry>()
  readonly #rejected = new Emitter<{ from: PeerIdText; error: FleetError }>()
  readonly #equivocated = new Emitter<{ author: PeerIdText; seq: number }>()
  readonly #misled = new Emitter<{ author: PeerIdText; by: PeerIdText | null }>()
  /** Who last said of an author that more of it is held than anybody showed. */
  readonly #claims = new Map<PeerIdText, PeerIdText>()
  readonly #numbers: OwnNumbers
  #writing: Promise<unknown> = Promise.resolve()
  #stopFlushing: (() => Promise<void>) | undefined

  constructor(deps: ReplicaDeps, options: ReplicaOptions = {}) {
    this.#deps = deps
    this.#options = {
      maxAuthors: options.maxAuthors ?? 4096,
      maxRecordsPerAuthor: options.maxRecordsPerAuthor ?? 20_000,
      maxBytesPerAuthor: options.maxBytesPerAuthor ?? 8 * 2 ** 20,
      retention: options.retention ?? { events: 256, operationsPerObject: 32 },
      flushIntervalMs: options.flushIntervalMs ?? 1000,
      reserve: options.reserve ?? 1000,
    }
    this.#hlc = new HybridClock(deps.fleetTime ?? deps.clock)
    this.#authority = new Authority(deps.directory)
    this.#logs = new AuthorLogs((author) => this.#authority.revokedAfter(author), this.#options)
    this.#saver = new Saver(deps, options.volatile ?? [])
    this.#numbers = new OwnNumbers(deps.clock, (ceiling) => this.#saver.reserve(ceiling), this.#options)
    this.written = this.#written
    this.changed = this.#changed
    this.rejected = this.#rejected
    this.equivocated = this.#equivocated
    this.misled = this.#misled
  }

  /** Reads what is stored. Records that no longer open or are no longer allowed are left out and reported. */
  async open(): Promise<void> {
    if (this.#stopFlushing !== undefined) return
    const { storage, clock, logger } = this.#deps
    if (storage.damaged !== undefined) {
      logger.error('a damaged record store was set aside; records come back from peers', { file: storage.damaged })
    }
    this.#numbers.resume(storage.reservedSeq())
    const complete = await this.#load()
    const own = this.#logs.get(this.#deps.identity.id)
    if (own !== undefined) this.#numbers.seen(Math.max(own.newest, own.mark))
    if (!complete || !storage.intact) this.#numbers.doubtPast()
    this.#stopFlushing = repeat(
      clock,
      this.#options.flushIntervalMs,
      () => {
        this.#trustPast()
        this.#saver.flush(this.#marks)
      },
      (error) => logger.error('records could not be stored', { error }),
    )
  }

  /** Why records cannot be stored at the moment: STORAGE_FULL, STATE_DIR_FORBIDDEN or STATE_DAMAGED; undefined while they can. */
  get storageProblem(): FleetError | undefined {
    return this.#saver.problem
  }

  /** Stores what is still waiting, as far as storage takes it, and closes the storage. */
  async close(): Promise<void> {
    await this.#stopFlushing?.()
    this.#stopFlushing = undefined
    await this.#writing.catch(() => undefined)
    this.#saver.flush(this.#marks)
    this.#deps.storage.close()
  }

  /**
   * Writes a record of this member's own. It is stored before the call returns; where storage refuses (`storageProblem`), it is kept in
   * memory, told to peers, and stored as soon as that can be done. Calls are carried out one after another.
   */
  write<K extends Exclude<RecordKind, 'intent'>>(kind: K, body: RecordBodies[K]): Promise<FleetRecord> {
    return this.#write(kind, () => body)
  }

  /**
   * Sets fields of an object of the fleet; null removes one. Only stations may.
   * @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN, STATE_DAMAGED: what cannot be stored is not said
   */
  setFields(object: ObjectRef, set: Readonly<Record<string, FieldValue>>): Promise<FleetRecord> {
    return this.#write('intent', () => ({ object, set, seen: this.#seenOn(object) }))
  }

  /**
   * Checks and merges a record that a peer sent. Whatever is in it, this does not throw: what is wrong is refused and told
   * through `rejected`.
   * @param source.ageMs how long ago the sender heard the author, ms
   */
  async receive(sealed: Uint8Array, source: { readonly from: PeerIdText; readonly ageMs: number }): Promise<Received> {
    let record: FleetRecord | OpaqueRecord | undefined
    try {
      record = await openRecord(sealed)
      await this.#authority.check(record)
      if (record.kind === 'intent' && !this.#hlc.believes(record.hlc)) {
        throw new FleetError('UNAVAILABLE', 'the stamp is in the future', {
          author: record.author,
          wallMs: record.hlc[0],
        })
      }
      return this.#merge(record, source.ageMs)
    } catch (thrown) {
      const error = toFleetError(thrown)
      this.#rejected.emit({ from: source.from, error })
      if (record === undefined || !notTheSendersFault.has(error.code)) return 'rejected'
      this.#logs.withhold(record, this.#deps.clock.monotonicMs())
      return 'deferred'
    }
  }

  /** Whether something is known to be missing here: a pull from anybody may bring it. */
  incomplete(): boolean {
    return this.#logs.incomplete
  }

  /** Author to the number up to which everything valid of it is held here. The same object as long as nothing changes. */
  digest(): Digest {
    return this.#logs.digest()
  }

  /**
   * What a member with that digest lacks. Inventories come first, for they carry certificates, then the oldest. The cost is that of the
   * difference: an author that the other has completely is not looked into.
   * @param concerns limits the answer to some authors, when `have` speaks of these alone
   */
  missingFrom(have: Digest, concerns: (author: string) => boolean = () => true): Missing {
    const now = this.#deps.clock.monotonicMs()
    const { entries, marks } = this.#logs.missingFrom(have, concerns)
    const records = entries.map(({ record, heardAtMonotonicMs }) => ({
      author: record.author,
      sealed: record.sealed,
      ageMs: record.author === this.#deps.identity.id ? 0 : Math.max(0, Math.round(now - heardAtMonotonicMs)),
    }))
    return { records, marks }
  }

  /**
   * A peer has given everything it holds up to these marks, and all of it was taken. A mark is a claim without a proof: that of a liar holds
   * until the author's next word belies it.
   */
  vouch(marks: Digest, from?: PeerIdText): void {
    const { clock, identity } = this.#deps
    for (const [author, mark] of Object.entries(marks) as Array<[PeerIdText, number]>) {
      const log = this.#logs.get(author)
      if (log === undefined) continue
      // Nobody knows better how far this member counted than what is held of it.
      const claimed = author === identity.id ? Math.min(mark, log.newest) : mark
      if (from !== undefined && claimed > Math.max(log.newest, log.mark)) this.#claims.set(author, from)
      log.vouch(this.#capped(author, claimed), clock.monotonicMs())
    }
    this.#numbers.pulled()
    this.#trustPast()
  }

  /** Newest record of a kind of which its author has one, or its newest event. */
  latest(author: PeerIdText, kind: RecordKind): ReplicaEntry | undefined {
    return this.#logs.get(author)?.latest(kind)
  }

  /** When an author was last heard saying something that is held, however that came here, monotonic ms. */
  heardAtMs(author: PeerIdText): number | undefined {
    return this.#logs.get(author)?.heardAtMs
  }

  /** Everything held that this software can read, or everything of one kind. */
  *entries(kind?: RecordKind): Generator<ReplicaEntry> {
    for (const [, log] of this.#logs.entries()) {
      for (const entry of log.entries())
        if (!isOpaque(entry) && (kind === undefined || entry.record.kind === kind)) yield entry
    }
  }

  /** Every other member that the certificates name, where its inventory says that it listens, and when it was last heard (monotonic ms). */
  *contacts(): Generator<Contact> {
    for (const { subject: id, role } of this.#deps.directory.list()) {
      if (id === this.#deps.identity.id) continue
      const inventory = this.latest(id, 'inventory')?.record
      yield {
        id,
        role,
        addresses: inventory?.kind === 'inventory' ? inventory.body.addresses : [],
        heardAtMs: this.#logs.get(id)?.heardAtMs,
        revoked: this.#authority.isOut(id),
      }
    }
  }

  /** Whether a member was put out of the fleet, itself or with the station that signed its certificate. */
  isOut(id: PeerIdText): boolean {
    return this.#authority.isOut(id)
  }

  /** The fields of an object as they stand, with what lost. */
  fields(object: ObjectRef): ReadonlyMap<string, FieldState> {
    return mergeIntents(this.#logs.operationsOn(object))
  }

  /** What was said of an object, or of one field of it, the newest first. */
  history(object: ObjectRef, field?: string): readonly IntentRecord[] {
    return historyOf(this.#logs.operationsOn(object), field)
  }

  #write<K extends RecordKind>(kind: K, body: () => RecordBodies[K]): Promise<FleetRecord> {
    const { clock, identity } = this.#deps
    const done = this.#writing.then(async () => {
      this.#trustPast()
      const prev = this.#numbers.prev(this.#logs.get(identity.id)?.prevFor(kind) ?? 0)
      const payload = { kind, seq: this.#numbers.next(), prev, hlc: this.#hlc.tick(), body: body() } as RecordPayload
      const record = await sealRecord(payload, identity)
      await this.#authority.check(record)
      if (kind === 'intent') this.#saver.store(record, clock.wallMs())
      this.#merge(record, 0)
      this.#saver.flush(this.#marks)
      this.#written.emit(record)
      return record
    })
    this.#writing = done.catch(() => undefined)
    return done
  }

  /** What peers have of this member's past is here by now, or nobody has it. */
  #trustPast(): void {
    if (!this.#numbers.mayTrustPast) return
    const own = this.#logs.get(this.#deps.identity.id)
    own?.vouch(own.newest, this.#deps.clock.monotonicMs())
    // Some of it may have come and been deferred: then it comes again.
    if (own === undefined || own.mark >= own.newest) this.#numbers.trustPast()
  }

  /** Takes a checked record in. */
  #merge(record: FleetRecord | OpaqueRecord, ageMs: number): 'new' | 'known' | 'old' {
    const { clock, identity } = this.#deps
    const log = this.#logs.of(record.author)
    const heard = { heardAtMonotonicMs: clock.monotonicMs() - ageMs, heardAtWallMs: clock.wallMs() - ageMs }
    const entry = entryOf(record, heard)
    const held = log.get(record.seq)
    if (held !== undefined) {
      if (!sameBytes(held.record.sealed, record.sealed)) return this.#equivocation(log, held, entry)
      if (entry.heardAtMonotonicMs > held.heardAtMonotonicMs) log.heard(entryOf(held.record, heard))
      return 'known'
    }
    if (log.belies(record)) {
      log.distrust()
      this.#misled.emit({ author: record.author, by: this.#claims.get(record.author) ?? null })
    } else if (record.seq <= log.mark) {
      // What is below the mark and not held was superseded.
      return 'old'
    }
    this.#checkRoom(log, record)
    if (record.author === identity.id) this.#numbers.seen(record.seq)
    this.#hlc.observe(record.hlc)
    return this.#take(entry, log.add(entry)) ? 'new' : 'old'
  }

  /** Status, inventory and links are one each, and take the place of the one before. */
  #checkRoom(log: AuthorLog, { kind, author }: FleetRecord | OpaqueRecord): void {
    if (kind !== 'event' && kind !== 'intent' && kind !== 'opaque') return
    const { maxRecordsPerAuthor, maxBytesPerAuthor } = this.#options
    if (log.size < maxRecordsPerAuthor && log.bytes < maxBytesPerAuthor) return
    const message = `an author may have ${maxRecordsPerAuthor} records and ${maxBytesPerAuthor} bytes`
    throw new FleetError('RATE_LIMITED', message, { author })
  }

  /** @returns whether it is kept */
  #take(entry: AnyEntry, { kept, dropped }: { kept: boolean; dropped: readonly AnyEntry[] }): boolean {
    for (const old of dropped) this.#saver.remove(old.record)
    if (!kept) return false
    this.#saver.put(entry)
    if (isOpaque(entry)) return true
    if (entry.record.kind === 'intent') this.#heedRevocation(entry.record.body.object)
    this.#changed.emit(entry)
    return true
  }

  /** Both variants are proof of misconduct; every member keeps the same one. */
  #equivocation(log: AuthorLog, held: AnyEntry, other: AnyEntry): 'new' | 'old' {
    const { author, seq } = held.record
    this.#equivocated.emit({ author, seq })
    if (compareBytes(held.record.sealed, other.record.sealed) <= 0) return 'old'
    this.#saver.remove(held.record)
    return this.#take(other, log.replace(other)) ? 'new' : 'old'
  }

  #heedRevocation(object: ObjectRef): void {
    if (object.type !== memberObjectType) return
    const author = object.id as PeerIdText
    const revocation = revocationFrom(this.#logs.operationsOn(object))
    if (revocation === undefined) return
    const { lastSeq, kept } = revocation
    if (this.#authority.revoke(author, lastSeq)) this.#cutOff(author, lastSeq)
    const { directory } = this.#deps
    directory.putOutIssuer(author, kept)
    for (const certificate of directory.list()) if (directory.isVoid(certificate)) this.#cutOff(certificate.subject, 0)
  }

  #cutOff(author: PeerIdText, lastSeq: number): void {
    for (const gone of this.#logs.get(author)?.cutOff(lastSeq) ?? []) this.#saver.remove(gone.record)
  }

  #capped(author: PeerIdText, mark: number): number {
    return Math.min(mark, this.#authority.revokedAfter(author) ?? mark)
  }

  #seenOn(object: ObjectRef): Record<PeerIdText, number> {
    const seen: Record<PeerIdText, number> = {}
    for (const { author, seq } of this.#logs.operationsOn(object)) {
      if (author !== this.#deps.identity.id) seen[author] = Math.max(seen[author] ?? 0, seq)
    }
    return seen
  }

  readonly #marks = (): ReadonlyMap<string, number> =>
    new Map([...this.#logs.entries()].map(([author, log]) => [author, this.#saver.storedMark(log)]))

  /** @returns whether all that is stored is as it was stored */
  async #load(): Promise<boolean> {
    const { identity, storage } = this.#deps
    const { records, marks } = storage.load()
    const damaged = await restore(records, this.#deps, async (entry) => {
      await this.#authority.check(entry.record)
      this.#take(entry, this.#logs.of(entry.record.author).add(entry))
      // A clock that was set back since must not make new words older than those that they are to overrule.
      const { author, hlc, kind } = entry.record
      if (kind === 'intent' || author === identity.id) this.#hlc.resume(hlc)
    })
    this.#saver.clear()
    this.#saver.discard(damaged)
    // Whose record is damaged cannot be told for sure. Without marks, everything is asked for again, and what is missing comes.
    if (damaged.length === 0) this.vouch(Object.fromEntries(marks))
    return damaged.length === 0
  }
}
