import type { Signal, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { ReplicaEntry } from './author-log.ts'

export interface LostLinksDeps {
  readonly self: PeerIdText
  readonly changed: Signal<ReplicaEntry>
  readonly members: { resolve(shortId: Uint8Array): PeerIdText | undefined }
  /** Somebody lost a link to this member: whoever has one should look whether it still answers. */
  readonly suspect: (member: PeerIdText) => void
}

/** Hears from the records who lost a link to whom, so that the end of a member is found out by all as soon as by one. */
export class LostLinks implements Startable {
  readonly #deps: LostLinksDeps
  readonly #linked = new Map<PeerIdText, ReadonlySet<PeerIdText>>()
  #unsubscribe: Unsubscribe | undefined

  constructor(deps: LostLinksDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    this.#unsubscribe ??= this.#deps.changed.subscribe((entry) => this.#hear(entry))
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#linked.clear()
  }

  #hear({ record }: ReplicaEntry): void {
    const { self, members, suspect } = this.#deps
    if (record.kind !== 'links' || record.author === self) return
    const now = new Set(record.body.links.flatMap(({ peer }) => members.resolve(peer) ?? []))
    const before = this.#linked.get(record.author)
    this.#linked.set(record.author, now)
    for (const id of before ?? []) if (id !== self && !now.has(id)) suspect(id)
  }
}
