import type { FleetRecord, OpaqueRecord, RecordKind } from '@wrale/protocol/records'

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

type Lookup = (seq: number) => FleetRecord | OpaqueRecord | undefined

/** Which numbers of one author are valid beside each other. */
export class Kept {
  readonly #find: Lookup
  readonly #retention: Retention
  readonly #single = new Map<RecordKind, number>()
  readonly #operations = new Map<string, number[]>()
  readonly #opaque = new Map<string, number[]>()
  #events: number[] = []

  constructor(retention: Retention, find: Lookup) {
    this.#retention = retention
    this.#find = find
  }

  latest(kind: RecordKind): number | undefined {
    return kind === 'event' ? this.#events.at(-1) : this.#single.get(kind)
  }

  /** Newest last. */
  get events(): readonly number[] {
    return this.#events
  }

  /** By object, newest last. */
  get operations(): ReadonlyMap<string, readonly number[]> {
    return this.#operations
  }

  /** @returns the numbers that this record, or the room that it takes, puts out; its own among them when it comes too late */
  place(record: FleetRecord | OpaqueRecord): number[] {
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
      case 'intent':
        return narrow(this.#operations, objectKey(record.body.object), record.seq, (all) => this.#worthKeeping(all))
      case 'opaque':
        return narrow(this.#opaque, record.of, record.seq, (all) => this.#stillValid(all))
    }
  }

  /** Whether the record would be valid beside those that were placed. False where only its content could tell. */
  hasRoomFor(record: FleetRecord | OpaqueRecord): boolean {
    switch (record.kind) {
      case 'status':
      case 'inventory':
      case 'links':
        return record.seq > (this.#single.get(record.kind) ?? 0)
      case 'event':
        return this.#events.length < this.#retention.events || record.seq > (this.#events[0] ?? 0)
      case 'intent': {
        const placed = this.#operations.get(objectKey(record.body.object)) ?? []
        return placed.length < this.#retention.operationsPerObject || record.seq > (placed[0] ?? 0)
      }
      case 'opaque':
        return record.seq > (this.#opaque.get(record.of)?.at(-1) ?? 0)
    }
  }

  /** Forgets one number, as if it had never been placed; what it put out stays out. */
  remove({ seq }: { readonly seq: number }): void {
    const without = (numbers: readonly number[]): number[] => numbers.filter((number) => number !== seq)
    for (const [kind, held] of this.#single) if (held === seq) this.#single.delete(kind)
    this.#events = without(this.#events)
    for (const lists of [this.#operations, this.#opaque])
      for (const [key, numbers] of lists) if (numbers.includes(seq)) lists.set(key, without(numbers))
  }

  /** The newest operations on an object, and before them those that were the last to set some field. */
  #worthKeeping(all: readonly number[]): number[] {
    const fields = new Set<string>()
    const kept: number[] = []
    for (const seq of all.toReversed()) {
      const record = this.#find(seq)
      if (record?.kind !== 'intent') continue
      const own = Object.keys(record.body.set)
      const lastOfSome = own.some((field) => !fields.has(field))
      if (kept.length < this.#retention.operationsPerObject || lastOfSome) kept.unshift(seq)
      for (const field of own) fields.add(field)
    }
    return kept
  }

  /** Each record says how many up to itself are valid; the strictest of the newer ones holds. */
  #stillValid(all: readonly number[]): number[] {
    let room = Number.POSITIVE_INFINITY
    return all
      .toReversed()
      .filter((seq) => {
        const record = this.#find(seq)
        room = Math.min(room, record?.kind === 'opaque' ? record.keep : 0) - 1
        return room >= 0
      })
      .toReversed()
  }
}

export function objectKey(object: { readonly type: string; readonly id: string }): string {
  return `${object.type}/${object.id}`
}

function narrow(
  lists: Map<string, number[]>,
  key: string,
  seq: number,
  keep: (all: readonly number[]) => number[],
): number[] {
  const all = inOrder(lists.get(key) ?? [], seq)
  const kept = keep(all)
  lists.set(key, kept)
  return all.filter((number) => !kept.includes(number))
}

function inOrder(numbers: readonly number[], added: number): number[] {
  const last = numbers.at(-1)
  if (last === undefined || last < added) return [...numbers, added]
  return [...numbers.filter((number) => number !== added), added].toSorted((a, b) => a - b)
}
