import type { Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { MemberDirectory, ReplicaEntry } from '@wrale/replica'

/** What is older than this when it comes here is history, not news: a node that catches up does not retell it, ms. */
const newsMs = 60_000

export interface FleetJournalDeps {
  readonly self: PeerIdText
  readonly changed: Signal<ReplicaEntry>
  readonly members: Pick<MemberDirectory, 'get'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Tells the node's own log what happens in the fleet, so that any node's journal tells the story where no station is left to ask. */
export class FleetJournal implements Startable {
  readonly #deps: FleetJournalDeps
  readonly #heard = new Set<PeerIdText>()
  #unsubscribe: Unsubscribe = () => undefined

  constructor(deps: FleetJournalDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    this.#unsubscribe()
    this.#unsubscribe = this.#deps.changed.subscribe((entry) => this.#note(entry))
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#unsubscribe = () => undefined
  }

  #note({ record, heardAtMonotonicMs }: ReplicaEntry): void {
    const { self, members, clock, logger } = this.#deps
    const { author } = record
    if (author === self) return
    const member = members.get(author)?.name
    if (record.kind === 'status' && !this.#heard.has(author)) {
      this.#heard.add(author)
      logger.info('a member is heard', { peer: author, member })
    }
    if (record.kind !== 'event' || clock.monotonicMs() - heardAtMonotonicMs > newsMs) return
    const { name, severity, message } = record.body
    const text = { peer: author, member, event: name, severity, message }
    if (severity === 'info') logger.info('a fleet event', text)
    else logger.warn('a fleet event', text)
  }
}
