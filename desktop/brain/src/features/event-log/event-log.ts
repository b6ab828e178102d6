import { Emitter, FleetError, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { EventView } from '@wrale/protocol/api'
import { memberObjectType } from '@wrale/protocol/membership'
import type { EventBody, FleetRecord, RecordKind } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'
import { timestamp } from '../objects/timestamp.ts'
import { EventIndex, type IndexedEvent, type Position } from './event-index.ts'

/** What the replica keeps of each author. */
const keptPerAuthor = 256

export interface EventLogDeps {
  readonly records: {
    readonly changed: Signal<ReplicaEntry>
    readonly equivocated: Signal<unknown>
    entries(kind?: RecordKind): Iterable<ReplicaEntry>
    write(kind: 'event', body: EventBody): Promise<FleetRecord>
  }
  readonly nameOf: (id: PeerIdText) => string
}

export interface EventsQuery {
  readonly member?: PeerIdText | undefined
  readonly severity?: EventBody['severity'] | undefined
  readonly name?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** What happened in the fleet, as every member recorded it: a projection of their `event` records. */
export class EventLog implements Startable {
  /** An event that was not here before. */
  readonly added: Signal<IndexedEvent>
  readonly #deps: EventLogDeps
  readonly #index = new EventIndex(keptPerAuthor)
  readonly #added = new Emitter<IndexedEvent>()
  #unsubscribe: Array<() => void> = []

  constructor(deps: EventLogDeps) {
    this.#deps = deps
    this.added = this.#added
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    const { records } = this.#deps
    this.#rebuild()
    this.#unsubscribe = [
      records.changed.subscribe((entry) => {
        const event = this.#index.add(entry)
        if (event !== undefined) this.#added.emit(event)
        // Who is put out takes with it what it wrote afterwards.
        else if (entry.record.kind === 'intent' && entry.record.body.object.type === memberObjectType) this.#rebuild()
      }),
      records.equivocated.subscribe(() => queueMicrotask(() => this.#rebuild())),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }

  /** Records something that happened, as this station's word. @throws FleetError INPUT_INVALID, TOO_LARGE */
  async write(body: EventBody): Promise<void> {
    await this.#deps.records.write('event', body)
  }

  /** The newest first. @throws FleetError INPUT_INVALID for a cursor that is none */
  list(query: EventsQuery): { items: EventView[]; nextCursor?: string } {
    const items: EventView[] = []
    let last: Position | undefined
    for (const event of this.#index.newest(query.cursor === undefined ? undefined : positionOf(query.cursor))) {
      if (!fits(event, query)) continue
      if (items.length === query.limit) return { items, ...(last === undefined ? {} : { nextCursor: cursorOf(last) }) }
      items.push(this.#viewOf(event))
      last = event
    }
    return { items }
  }

  /** Every event that is held, the newest first. */
  newest(): Iterable<IndexedEvent> {
    return this.#index.newest()
  }

  #rebuild(): void {
    this.#index.reset(this.#deps.records.entries('event'))
  }

  #viewOf({ record, atMs }: IndexedEvent): EventView {
    const { author, seq } = record
    const { name, severity, message, data } = record.body
    return {
      id: `${author}/${seq}`,
      at: timestamp(atMs),
      author: { id: author, name: this.#deps.nameOf(author) },
      name,
      severity,
      message,
      ...(data === undefined ? {} : { data }),
    }
  }
}

function fits({ record }: IndexedEvent, { member, severity, name }: EventsQuery): boolean {
  const { body, author } = record
  return (
    (severity === undefined || body.severity === severity) &&
    (name === undefined || body.name.startsWith(name)) &&
    (member === undefined || author === member || isAbout(body, member))
  )
}

/** `data.about` names the member that an event is about, or several. */
function isAbout({ data }: EventBody, member: PeerIdText): boolean {
  const about = data?.['about']
  return about === member || (Array.isArray(about) && about.includes(member))
}

function cursorOf({ atMs, counter, author, seq }: Position): string {
  return [atMs, counter, author, seq].join('-')
}

function positionOf(cursor: string): Position {
  const [, atMs, counter, author, seq] = /^(\d{1,16})-(\d{1,5})-(\w{52})-(\d{1,16})$/.exec(cursor) ?? []
  if (author === undefined) throw new FleetError('INPUT_INVALID', 'the cursor is not one that this list gave')
  return { atMs: Number(atMs), counter: Number(counter), author, seq: Number(seq) }
}
