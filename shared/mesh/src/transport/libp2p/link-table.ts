import type { Connection } from '@libp2p/interface'
import { Emitter, FleetError, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { conflict } from '../prefers-own.ts'
import type { Link } from '../transport.ts'
import type { Introduction } from './admission/hello.ts'
import { LibP2PLink } from './link.ts'

/** Admitted links, one for each member. */
export class LinkTable {
  readonly #links = new Map<PeerIdText, LibP2PLink>()
  readonly #opened = new Emitter<Link>()
  readonly #closed = new Emitter<Link>()
  readonly opened: Signal<Link> = this.#opened
  readonly closed: Signal<Link> = this.#closed

  get size(): number {
    return this.#links.size
  }

  get(id: PeerIdText): LibP2PLink | undefined {
    return this.#links.get(id)
  }

  all(): LibP2PLink[] {
    return [...this.#links.values()]
  }

  /** The link that this connection is. */
  of(connection: Connection): LibP2PLink | undefined {
    for (const link of this.#links.values()) if (link.connection === connection) return link
    return undefined
  }

  /** A link that there was to the same member closes first. */
  add(connection: Connection, introduction: Introduction, sinceMs: number): void {
    this.#links.get(introduction.id)?.close(conflict())
    const link = new LibP2PLink(connection, introduction, sinceMs, (one) => this.#remove(one))
    this.#links.set(link.id, link)
    this.#opened.emit(link)
  }

  /** A connection closed; it may have been none of these. */
  gone(connection: Connection): void {
    const link = this.of(connection)
    if (link === undefined) return
    link.ended(new FleetError('UNAVAILABLE', 'the connection closed'))
    this.#remove(link)
  }

  #remove(link: LibP2PLink): void {
    if (this.#links.get(link.id) !== link) return
    this.#links.delete(link.id)
    this.#closed.emit(link)
  }
}
