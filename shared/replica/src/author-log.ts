import type { FleetRecord, RecordKind } from '@wrale/protocol/records'

/** A record and when its author was last heard saying it, in this machine's clocks. */
export interface ReplicaEntry {
  readonly record: FleetRecord
  readonly heardAtMonotonicMs: number
  readonly heardAtWallMs: number
}

/**
 * How much of one author is kept. Each rule looks at that author's records alone and keeps the highest numbers, so the records that
 * are kept of a union are those that are kept of the parts: replicas that saw the same records in any order keep the same ones.
 */
export interface Retention {
  /** Newest events. */
  readonly events: number
  /** Newest operations on one object; beyond these, the newest that set each field. */
  readonly operationsPerObject: number
}

/** Records above a gap that are remembered as waiting for it to be filled. */
const maxWaiting = 256

/** What this member holds of one author, and up to where that is complete. */
export class AuthorLog {
  readonly #retention: Retention
  readonly #entries = new Map<number, ReplicaEntry>()
  readonly #single = new Map<RecordKind, number>()
  #events: number[] = []
  readonly #operations = new Map<string, number[]>()
  readonly #waiting = new Map<number, number>()
  #mark = 0
  #newest = 0
  #withheld = Number.POSITIVE_INFINITY

  constructor(retention: Retention) {
    this.#retention = retention
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

  /** When the author was last heard saying something that is held, monotonic ms; undefined when nothing is. */
  get heardAtMs(): number | undefined {
    let latest: number | undefined
    for (const { heardAtMonotonicMs } of this.#entries.values())
      latest = Math.max(latest ?? -Infinity, heardAtMonotonicMs)
    return latest
  }

  get(seq: number): ReplicaEntry | undefined {
    return this.#entries.get(seq)
  }

  latest(kind: RecordKind): ReplicaEntry | undefined {
    const seq = kind === 'event' ? this.#events.at(-1) : this.#single.get(kind)
    return seq === undefined ? undefined : this.#entries.get(seq)
  }

  /** In order of their numbers. */
  entries(): ReplicaEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => a.record.seq - b.record.seq)
  }

  operationsOn(object: string): ReplicaEntry[] {
    return (this.#operations.get(object) ?? []).flatMap((seq) => this.#entries.get(seq) ?? [])
  }

  /** Number of the newest record that stays valid beside a new one of this kind. */
  prevFor(kind: RecordKind): number {
    const replaced = this.#single.get(kind)
    let prev = 0
    for (const seq of this.#entries.keys()) if (seq !== replaced && seq > prev) prev = seq
    return prev
  }

  /** Takes a record in. @returns what is no longer kept for it, and whether the record itself is */
  add(entry: ReplicaEntry): { kept: boolean; dropped: ReplicaEntry[] } {
    const { seq, prev } = entry.record
    this.#entries.set(seq, entry)
    this.#newest = Math.max(this.#newest, seq)
    // What else is withheld will say so again when it is offered again.
    if (seq === this.#withheld) this.#withheld = Number.POSITIVE_INFINITY
    const dropped = this.#retire(entry.record).flatMap((old) => {
      const gone = this.#entries.get(old)
      this.#entries.delete(old)
      return gone === undefined ? [] : [gone]
    })
    if (this.#waiting.size < maxWaiting) this.#waiting.set(seq, prev)
    this.#advance(this.#mark)
    return { kept: this.#entries.has(seq), dropped: dropped.filter((old) => old !== entry) }
  }

  /** Replaces when an entry was last heard. */
  heard(entry: ReplicaEntry): void {
    if (this.#entries.has(entry.record.seq)) this.#entries.set(entry.record.seq, entry)
  }

  /** A record that could not be taken now: until it is, nothing from it on is complete, whoever vouches. */
  withhold(seq: number): void {
    if (seq > this.#mark && !this.#entries.has(seq)) this.#withheld = Math.min(this.#withheld, seq)
  }

  /** A peer that gave everything it holds says that this is complete up to `mark`. */
  vouch(mark: number): void {
    this.#advance(Math.max(Math.min(mark, this.#withheld - 1), this.#mark))
  }

  /** Takes one record out; what it superseded is fetched from peers again, for the mark goes back to nothing. */
  forget(seq: number): void {
    this.#rebuild((record) => record.seq !== seq)
  }

  /**
   * Forgets what was written above `lastSeq`, as `forget` does. Status, inventory and links go altogether: a member that was put out has none.
   * @returns what was forgotten
   */
  cutOff(lastSeq: number): ReplicaEntry[] {
    return this.#rebuild(({ seq, kind }) => seq <= lastSeq && (kind === 'event' || kind === 'intent'))
  }

  #rebuild(stays: (record: FleetRecord) => boolean): ReplicaEntry[] {
    const all = this.entries()
    const gone = all.filter(({ record }) => !stays(record))
    if (gone.length === 0) return []
    this.#entries.clear()
    this.#single.clear()
    this.#events = []
    this.#operations.clear()
    this.#newest = 0
    for (const entry of all) if (stays(entry.record)) this.add(entry)
    this.#waiting.clear()
    this.#mark = 0
    return gone
  }

  #advance(mark: number): void {
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
  }

  /** @returns the numbers that this record, or the room that it takes, puts out; its own among them when it comes too late */
  #retire(record: FleetRecord): number[] {
    switch (record.kind) {
      case 'status':
      case 'inventory':
      case 'links': {
        const held = this.#single.get(record.kind)
        if (held === undefined || held < record.seq) this.#single.set(record.kind, record.seq)
        return held === undefined ? [] : [Math.min(held, record.seq)]
      }
      case 'event': {
        this.#events = inOrder(this.#events, record.seq)
        return this.#events.splice(0, Math.max(0, this.#events.length - this.#retention.events))
      }
      case 'intent': {
        const object = objectKey(record.body.object)
        const all = inOrder(this.#operations.get(object) ?? [], record.seq)
        const kept = this.#worthKeeping(all)
        this.#operations.set(object, kept)
        return all.filter((seq) => !kept.includes(seq))
      }
    }
  }

  /** The newest operations on an object, and before them those that were the last to set some field. */
  #worthKeeping(all: readonly number[]): number[] {
    const fields = new Set<string>()
    const kept: number[] = []
    for (const seq of all.toReversed()) {
      const record = this.#entries.get(seq)?.record
      if (record?.kind !== 'intent') continue
      const own = Object.keys(record.body.set)
      const lastOfSome = own.some((field) => !fields.has(field))
      if (kept.length < this.#retention.operationsPerObject || lastOfSome) kept.unshift(seq)
      for (const field of own) fields.add(field)
    }
    return kept
  }
}

export function objectKey(object: { readonly type: string; readonly id: string }): string {
  return `${object.type}/${object.id}`
}

function inOrder(numbers: readonly number[], added: number): number[] {
  return [...numbers.filter((number) => number !== added), added].toSorted((a, b) => a - b)
}
