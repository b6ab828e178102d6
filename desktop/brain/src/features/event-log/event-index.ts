import type { FleetRecord } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'

type EventRecord = FleetRecord & { readonly kind: 'event' }

/** Where an event stands in the order of all: fleet time, then who and which. */
export interface Position {
  readonly atMs: number
  readonly counter: number
  readonly author: string
  readonly seq: number
}

export interface IndexedEvent extends Position {
  readonly record: EventRecord
}

/** A stamp further ahead of the moment at which it was taken in counts as that moment and this much, ms: no event stays on top for years. */
const maxForwardMs = 10 * 60_000

/** The events that are held, in order of fleet time. */
export class EventIndex {
  readonly #keptPerAuthor: number
  /** The oldest first. */
  #all: IndexedEvent[] = []
  readonly #byAuthor = new Map<string, IndexedEvent[]>()

  /** @param keptPerAuthor newest events of each author that the replica keeps; older ones go from here as they do from there */
  constructor(keptPerAuthor: number) {
    this.#keptPerAuthor = keptPerAuthor
  }

  get size(): number {
    return this.#all.length
  }

  /** Begins anew with these. */
  reset(entries: Iterable<ReplicaEntry>): void {
    this.#all = []
    this.#byAuthor.clear()
    for (const entry of entries) {
      const event = indexed(entry)
      if (event === undefined) continue
      this.#all.push(event)
      this.#ownOf(event.author).push(event)
    }
    this.#all.sort(comparePositions)
    for (const own of this.#byAuthor.values()) own.sort((a, b) => a.seq - b.seq)
  }

  /** @returns the event, when it was not there yet */
  add(entry: ReplicaEntry): IndexedEvent | undefined {
    const event = indexed(entry)
    if (event === undefined) return undefined
    const own = this.#ownOf(event.author)
    if (own.some(({ seq }) => seq === event.seq)) return undefined
    own.push(event)
    own.sort((a, b) => a.seq - b.seq)
    this.#all.splice(this.#placeOf(event), 0, event)
    for (const old of own.splice(0, Math.max(0, own.length - this.#keptPerAuthor))) {
      this.#all.splice(this.#placeOf(old), 1)
    }
    return event
  }

  /** The newest first, from before a position when one is given. */
  *newest(before?: Position): Generator<IndexedEvent> {
    let index = before === undefined ? this.#all.length : this.#placeOf(before)
    while (index > 0) {
      index -= 1
      const event = this.#all[index]
      if (event !== undefined) yield event
    }
  }

  #ownOf(author: string): IndexedEvent[] {
    const own = this.#byAuthor.get(author) ?? []
    this.#byAuthor.set(author, own)
    return own
  }

  /** Index of the first event that is not before the position. */
  #placeOf(position: Position): number {
    let low = 0
    let high = this.#all.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const event = this.#all[middle]
      if (event !== undefined && comparePositions(event, position) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

function indexed({ record, heardAtWallMs }: ReplicaEntry): IndexedEvent | undefined {
  if (record.kind !== 'event') return undefined
  const { author, seq, hlc } = record
  return { atMs: Math.min(hlc[0], Math.round(heardAtWallMs) + maxForwardMs), counter: hlc[1], author, seq, record }
}

function comparePositions(a: Position, b: Position): number {
  return (
    a.atMs - b.atMs || a.counter - b.counter || (a.author === b.author ? a.seq - b.seq : a.author < b.author ? -1 : 1)
  )
}
