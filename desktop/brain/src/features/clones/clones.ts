import { Emitter, type Signal, type Startable } from '@wrale/kernel'
import { type PeerIdText, peerIdSchema } from '@wrale/protocol'
import type { Replica, ReplicaEntry } from '@wrale/replica'

/** How long a key counts as cloned after it was last seen in two places, ms of fleet time. */
const keepMs = 24 * 3_600_000
/** Most places that are listed of one key. */
const maxPlaces = 8
/** By these events members tell that they saw a key in two places. */
const clonedEvent = 'security.cloned-identity'

interface Seen {
  readonly atMs: number
  readonly places: readonly string[]
}

export interface ClonesDeps {
  readonly records: Pick<Replica, 'entries' | 'changed' | 'equivocated'>
  /** Fleet time, ms since the Unix epoch. */
  readonly nowMs: () => number
}

/**
 * Members whose key is in use in two places, as anybody in the fleet saw: at the addresses of two programs that said hello, or in two records under
 * one number. Both are shown; which of them is the member, a person must find out.
 */
export class Clones implements Startable {
  readonly changed: Signal<PeerIdText>
  readonly #deps: ClonesDeps
  readonly #changed = new Emitter<PeerIdText>()
  readonly #seen = new Map<PeerIdText, Seen>()
  #unsubscribe: Array<() => void> = []

  constructor(deps: ClonesDeps) {
    this.#deps = deps
    this.changed = this.#changed
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    const { records, nowMs } = this.#deps
    for (const entry of records.entries('event')) this.#note(entry)
    this.#unsubscribe = [
      records.changed.subscribe((entry) => this.#note(entry)),
      records.equivocated.subscribe(({ author, seq }) => {
        this.#add(author, { atMs: nowMs(), places: [`two records under number ${seq}`] })
      }),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }

  /** Where a member's key was seen in use, or nothing. */
  clonedAt(id: PeerIdText): readonly string[] {
    const seen = this.#seen.get(id)
    return seen === undefined || this.#deps.nowMs() - seen.atMs > keepMs ? [] : seen.places
  }

  #note({ record }: ReplicaEntry): void {
    if (record.kind !== 'event' || record.body.name !== clonedEvent) return
    const about = peerIdSchema.safeParse(record.body.data?.['about'])
    // A message for people, made by another member: the addresses in it are all that is taken over.
    const places = record.body.message.match(/\/(?:ip4|ip6)\/[0-9a-fA-F.:]+\/tcp\/\d+/g) ?? []
    if (about.success) this.#add(about.data, { atMs: record.hlc[0], places })
  }

  #add(id: PeerIdText, { atMs, places }: Seen): void {
    const known = this.#seen.get(id)
    const all = [...new Set([...(known?.places ?? []), ...places])].slice(-maxPlaces)
    this.#seen.set(id, { atMs: Math.max(known?.atMs ?? 0, atMs), places: all })
    this.#changed.emit(id)
  }
}
