import { type Clock, Emitter } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Digest } from '@wrale/protocol/wire'
import type { Contact, ReceiveVerdict, ReplicaPort } from '../../types.ts'
import { decodeRecord, encodeRecord, type VirtualKind, type VirtualRecord } from './virtual-record.ts'

export interface WrittenRecord {
  readonly record: VirtualRecord
  readonly sealed: Uint8Array
}

/** What all members of a simulation share: who there is, and the bytes of what was written, which never change. */
export interface VirtualFleet {
  readonly ids: readonly PeerIdText[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly addresses: readonly string[]
  readonly roles: ReadonlyArray<Contact['role']>
  readonly revoked: ReadonlySet<number>
  /** Everything that was ever written, by author and number: a thousand members need not each have a copy. */
  readonly written: Map<string, WrittenRecord>
}

/** A record came to a replica that did not have it. */
export interface Arrival {
  readonly record: VirtualRecord
  /** What its author's links were before, when it tells of links. */
  readonly linksBefore: readonly number[]
}

/** The records of one author that are held: the newest status, the newest links, all events. */
class VirtualLog {
  mark = 0
  heardAtMs = -Infinity
  held: WrittenRecord[] = []

  newest(kind: VirtualKind): VirtualRecord | undefined {
    return this.held.findLast(({ record }) => record.kind === kind)?.record
  }

  get newestSeq(): number {
    return this.held.at(-1)?.record.seq ?? 0
  }

  add(one: WrittenRecord): void {
    const { kind, seq } = one.record
    if (kind !== 'event') this.held = this.held.filter(({ record }) => record.kind !== kind)
    this.held.push(one)
    this.held.sort((a, b) => a.record.seq - b.record.seq)
    if (seq > this.mark) this.advance()
  }

  advance(): void {
    for (const { record } of this.held) if (record.seq > this.mark && record.prev <= this.mark) this.mark = record.seq
  }
}

/** A replica small enough for a thousand of them: nothing is signed, and everyone is known from the start. */
export class VirtualReplica implements ReplicaPort {
  readonly written = new Emitter<{ readonly sealed: Uint8Array }>()
  readonly arrived = new Emitter<Arrival>()
  readonly #self: number
  readonly #fleet: VirtualFleet
  readonly #clock: Clock
  readonly #logs = new Map<number, VirtualLog>()
  #digest: Digest | undefined
  #seq = 0

  constructor(self: number, fleet: VirtualFleet, clock: Clock) {
    this.#self = self
    this.#fleet = fleet
    this.#clock = clock
  }

  /** Writes a record of this member's own. @param bytes its length */
  write(kind: VirtualKind, bytes: number, links: readonly number[] = []): VirtualRecord {
    const log = this.#logOf(this.#self)
    const prev = log.held.findLast(({ record }) => kind === 'event' || record.kind !== kind)?.record.seq ?? 0
    const record = { author: this.#self, seq: ++this.#seq, prev, kind, links }
    const sealed = encodeRecord(record, bytes)
    const one = { record, sealed }
    this.#fleet.written.set(keyOf(record), one)
    this.#keep(log, one)
    this.written.emit({ sealed })
    return record
  }

  has(author: number, seq: number): boolean {
    return this.#logs.get(author)?.held.some(({ record }) => record.seq === seq) === true
  }

  *contacts(): Generator<Contact> {
    for (const [index, id] of this.#fleet.ids.entries()) {
      if (index === this.#self) continue
      const heardAtMs = this.#logs.get(index)?.heardAtMs
      yield {
        id,
        role: this.#fleet.roles[index] ?? 'node',
        addresses: [this.#fleet.addresses[index] ?? ''],
        heardAtMs,
        revoked: this.#fleet.revoked.has(index),
      }
    }
  }

  digest(): Digest {
    this.#digest ??= Object.fromEntries(
      [...this.#logs].flatMap(([author, { mark }]) => (mark > 0 ? [[this.#fleet.ids[author] ?? '', mark]] : [])),
    )
    return this.#digest
  }

  missingFrom(
    have: Digest,
    concerns: (author: string) => boolean = () => true,
  ): { records: Array<{ sealed: Uint8Array; ageMs: number }>; marks: Digest } {
    const nowMs = this.#clock.monotonicMs()
    const records: Array<{ sealed: Uint8Array; ageMs: number }> = []
    const marks: Record<string, number> = {}
    for (const [author, log] of this.#logs) {
      const id = this.#fleet.ids[author] ?? ''
      const had = have[id] ?? 0
      if (log.newestSeq <= had || !concerns(id)) continue
      if (log.mark > had) marks[id] = log.mark
      const ageMs = author === this.#self ? 0 : Math.round(nowMs - log.heardAtMs)
      for (const { record, sealed } of log.held) if (record.seq > had) records.push({ sealed, ageMs })
    }
    return { records, marks }
  }

  vouch(marks: Digest): void {
    for (const [id, mark] of Object.entries(marks)) {
      const log = this.#logs.get(this.#fleet.indexOf.get(id) ?? -1)
      if (log === undefined || log.mark >= mark) continue
      log.mark = mark
      log.advance()
      this.#digest = undefined
    }
  }

  async receive(sealed: Uint8Array, { ageMs }: { from: PeerIdText; ageMs: number }): Promise<ReceiveVerdict> {
    const record = decodeRecord(sealed)
    if (record === undefined || this.#fleet.ids[record.author] === undefined) return 'rejected'
    const log = this.#logOf(record.author)
    log.heardAtMs = Math.max(log.heardAtMs, this.#clock.monotonicMs() - ageMs)
    const newest = log.newest(record.kind)
    if (log.held.some((one) => one.record.seq === record.seq)) return 'known'
    if (record.kind !== 'event' && newest !== undefined && newest.seq > record.seq) return 'old'
    this.#keep(log, this.#fleet.written.get(keyOf(record)) ?? { record, sealed })
    this.arrived.emit({ record, linksBefore: newest?.links ?? [] })
    return 'new'
  }

  #keep(log: VirtualLog, held: WrittenRecord): void {
    const { mark } = log
    log.add(held)
    if (log.mark !== mark) this.#digest = undefined
  }

  #logOf(author: number): VirtualLog {
    let log = this.#logs.get(author)
    if (log === undefined) {
      log = new VirtualLog()
      this.#logs.set(author, log)
    }
    return log
  }
}

/** By which a record is found among all. */
export function keyOf({ author, seq }: VirtualRecord): string {
  return `${author}/${seq}`
}
