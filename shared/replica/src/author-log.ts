import type { FleetRecord, OpaqueRecord, RecordKind } from '@wrale/protocol/records'
import { Kept, type Retention } from './kept.ts'

/** A record and when its author was last heard saying it, in this machine's clocks. */
export interface ReplicaEntry<R = FleetRecord> {
  readonly record: R
  readonly heardAtMonotonicMs: number
  readonly heardAtWallMs: number
}

/** An entry of any kind, newer software's too. */
export type AnyEntry = ReplicaEntry | ReplicaEntry<OpaqueRecord>

/** Records above a gap that are remembered as waiting for it to be filled. */
const maxWaiting = 256
/** After so long a record that was deferred is not waited for any more, ms: who still has it offers it with every pull. */
const withheldMs = 60_000
/** Of the events of a member that was put out, the newest are kept up to this share of the usual number. */
const eventsAfterCut = 0.75

/** What this member holds of one author, and up to where that is complete. */
export class AuthorLog {
  readonly #usual: Retention
  readonly #moved: () => void
  #retention: Retention
  #kept: Kept
  #cutAt = Number.POSITIVE_INFINITY
  readonly #entries = new Map<number, AnyEntry>()
  readonly #waiting = new Map<number, number>()
  #mark = 0
  #newest = 0
  #bytes = 0
  #heardAtMs: number | undefined
  #withheld = { seq: Number.POSITIVE_INFINITY, atMs: 0 }

  /** @param moved called whenever the mark changed */
  constructor(retention: Retention, moved: () => void = () => undefined) {
    this.#usual = retention
    this.#moved = moved
    this.#retention = retention
    this.#kept = this.#keptBy(retention)
  }

  /** Everything valid up to this number is held here. */
  get mark(): number {
    return this.#mark
  }

  /** Highest number held. */
  get newest(): number {
    return this.#newest
  }

  get size(): number {
    return this.#entries.size
  }

  /** Sealed bytes of everything held. */
  get bytes(): number {
    return this.#bytes
  }

  /** When the author was last heard saying something that was kept, monotonic ms; undefined when it never was. */
  get heardAtMs(): number | undefined {
    return this.#heardAtMs
  }

  get(seq: number): AnyEntry | undefined {
    return this.#entries.get(seq)
  }

  latest(kind: RecordKind): ReplicaEntry | undefined {
    const seq = this.#kept.latest(kind)
    return seq === undefined ? undefined : this.#known(seq)
  }

  /** In order of their numbers. */
  entries(): AnyEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => a.record.seq - b.record.seq)
  }

  operationsOn(object: string): ReplicaEntry[] {
    return (this.#kept.operations.get(object) ?? []).flatMap((seq) => this.#known(seq) ?? [])
  }

  /** Number of the newest record that stays valid beside a new one of this kind. */
  prevFor(kind: RecordKind): number {
    const replaced = kind === 'event' ? undefined : this.#kept.latest(kind)
    let prev = 0
    for (const seq of this.#entries.keys()) if (seq !== replaced && seq > prev) prev = seq
    return prev
  }

  /** Takes a record in. @returns what is no longer kept for it, and whether the record itself is */
  add(entry: AnyEntry): { kept: boolean; dropped: AnyEntry[] } {
    const { seq, prev } = entry.record
    // What else is withheld will say so again when it is offered again.
    if (seq === this.#withheld.seq) this.#withheld = { seq: Number.POSITIVE_INFINITY, atMs: 0 }
    const dropped = this.#place(entry)
    if (seq > this.#mark && this.#waiting.size < maxWaiting) this.#waiting.set(seq, prev)
    this.#advance(this.#mark)
    return { kept: this.#entries.has(seq), dropped: dropped.filter((old) => old !== entry) }
  }

  /**
   * Puts another record in the place of one with the same number. What the first put out stays out: it was superseded by the author's own
   * word, and the next record of its kind does the same for everybody.
   */
  replace(entry: AnyEntry): { kept: boolean; dropped: AnyEntry[] } {
    const held = this.#entries.get(entry.record.seq)
    if (held !== undefined) {
      this.#kept.remove(held.record)
      this.#drop(held)
    }
    return this.add(entry)
  }

  /** Replaces when an entry was last heard. */
  heard(entry: AnyEntry): void {
    if (!this.#entries.has(entry.record.seq)) return
    this.#entries.set(entry.record.seq, entry)
    this.#noteHeard(entry)
  }

  /** A record that could not be taken now: until it is, nothing from it on is complete, whoever vouches. */
  withhold(seq: number, nowMs: number): void {
    if (seq <= this.#mark || this.#entries.has(seq)) return
    this.#withheld = { seq: Math.min(this.#withheldAt(nowMs), seq), atMs: nowMs }
  }

  /** A peer that gave everything it holds says that this is complete up to `mark`. */
  vouch(mark: number, nowMs: number): void {
    this.#advance(Math.max(Math.min(mark, this.#withheldAt(nowMs) - 1), this.#mark))
  }

  /**
   * Whether a record that is not held, though its number lies below the mark, shows that the mark is false: it is valid, and whoever gave
   * everything up to the mark would have given it.
   */
  belies(record: FleetRecord | OpaqueRecord): boolean {
    return record.seq <= this.#mark && this.#cutAt === Number.POSITIVE_INFINITY && this.#kept.hasRoomFor(record)
  }

  /** What was vouched for was not so: counts anew, from what is held. What is missing then comes with the next pull. */
  distrust(): void {
    this.#waiting.clear()
    for (const { record } of this.entries()) {
      if (this.#waiting.size < maxWaiting) this.#waiting.set(record.seq, record.prev)
    }
    this.#mark = 0
    this.#moved()
    this.#advance(0)
  }

  /**
   * Forgets what was written above `lastSeq`, and of the rest everything but events and intents: a member that was put out has no status any
   * more. What was put out by numbers that do not count is gone from here; so that all members end with the same, fewer events are kept
   * from then on than before, and where even these cannot all be there, none are until a peer gives them.
   * @returns what was forgotten
   */
  cutOff(lastSeq: number): AnyEntry[] {
    if (lastSeq >= this.#cutAt) return []
    const before = this.entries()
    const events = Math.max(1, Math.floor(this.#usual.events * eventsAfterCut))
    const doubtful = this.#doubtfulAfter(lastSeq, events)
    this.#cutAt = lastSeq
    this.#retention = { ...this.#usual, events }
    this.#kept = this.#keptBy(this.#retention)
    this.#entries.clear()
    this.#waiting.clear()
    this.#newest = 0
    this.#bytes = 0
    this.#mark = doubtful.size > 0 ? 0 : Math.min(this.#mark, lastSeq)
    this.#moved()
    for (const entry of before) {
      const { seq, kind } = entry.record
      if (seq <= lastSeq && (kind === 'event' || kind === 'intent') && !doubtful.has(seq)) this.add(entry)
    }
    return before.filter(({ record }) => !this.#entries.has(record.seq))
  }

  /** Numbers up to `lastSeq` of which others like them may have been put out by numbers above it. */
  #doubtfulAfter(lastSeq: number, eventsToKeep: number): ReadonlySet<number> {
    const upTo = (numbers: readonly number[]): number[] => numbers.filter((seq) => seq <= lastSeq)
    const doubtful = new Set<number>()
    const { events, operations } = this.#kept
    const valid = upTo(events)
    const full = events.length >= this.#retention.events && valid.length < events.length
    if (full && valid.length < eventsToKeep) for (const seq of valid) doubtful.add(seq)
    for (const numbers of operations.values()) {
      const left = upTo(numbers)
      if (left.length === numbers.length || numbers.length < this.#retention.operationsPerObject) continue
      for (const seq of left) doubtful.add(seq)
    }
    return doubtful
  }

  #withheldAt(nowMs: number): number {
    const { seq, atMs } = this.#withheld
    return nowMs - atMs > withheldMs ? Number.POSITIVE_INFINITY : seq
  }

  #keptBy(retention: Retention): Kept {
    return new Kept(retention, (seq) => this.#entries.get(seq)?.record)
  }

  #known(seq: number): ReplicaEntry | undefined {
    const entry = this.#entries.get(seq)
    return entry === undefined || isOpaque(entry) ? undefined : entry
  }

  /** @returns what it puts out, itself among them when it comes too late */
  #place(entry: AnyEntry): AnyEntry[] {
    const { seq, sealed } = entry.record
    this.#entries.set(seq, entry)
    this.#bytes += sealed.byteLength
    this.#newest = Math.max(this.#newest, seq)
    this.#noteHeard(entry)
    return this.#kept.place(entry.record).flatMap((old) => {
      const gone = this.#entries.get(old)
      if (gone !== undefined) this.#drop(gone)
      return gone === undefined ? [] : [gone]
    })
  }

  #drop({ record: { seq, sealed } }: AnyEntry): void {
    if (this.#entries.delete(seq)) this.#bytes -= sealed.byteLength
  }

  #noteHeard({ heardAtMonotonicMs }: AnyEntry): void {
    this.#heardAtMs = Math.max(this.#heardAtMs ?? -Infinity, heardAtMonotonicMs)
  }

  #advance(mark: number): void {
    const before = this.#mark
    this.#mark = mark
    let moved = true
    while (moved) {
      moved = false
      for (const [seq, prev] of this.#waiting) {
        if (prev > this.#mark) continue
        this.#waiting.delete(seq)
        if (seq <= this.#mark) continue
        this.#mark = seq
        moved = true
      }
    }
    if (this.#mark !== before) this.#moved()
  }
}

/** An entry for a record that the author was heard saying then. */
export function entryOf(
  record: FleetRecord | OpaqueRecord,
  heard: { readonly heardAtMonotonicMs: number; readonly heardAtWallMs: number },
): AnyEntry {
  return record.kind === 'opaque' ? { ...heard, record } : { ...heard, record }
}

export function isOpaque(entry: AnyEntry): entry is ReplicaEntry<OpaqueRecord> {
  return entry.record.kind === 'opaque'
}
