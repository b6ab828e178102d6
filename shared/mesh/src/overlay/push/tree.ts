import type { PeerIdText } from '@wrale/protocol'

/**
 * This member's part of the tree along which records are pushed. On `eager` links records go at once, on the others their ids follow. The
 * tree comes about by itself: all links begin eager, and the one on which a record came a second time was one too many (Leitao, Pereira,
 * Rodrigues, "Epidemic Broadcast Trees", 2007).
 */
export class Tree {
  readonly #links = new Map<PeerIdText, boolean>()
  #eagerCount = 0

  get eagerCount(): number {
    return this.#eagerCount
  }

  add(peer: PeerIdText): void {
    this.setEager(peer, true, { add: true })
  }

  remove(peer: PeerIdText): { readonly wasEager: boolean } {
    const wasEager = this.isEager(peer)
    this.setEager(peer, false)
    this.#links.delete(peer)
    return { wasEager }
  }

  isEager(peer: PeerIdText): boolean {
    return this.#links.get(peer) === true
  }

  setEager(peer: PeerIdText, eager: boolean, options: { readonly add?: boolean } = {}): void {
    const known = this.#links.get(peer)
    if (known === eager || (known === undefined && options.add !== true)) return
    this.#links.set(peer, eager)
    if (eager) this.#eagerCount++
    else if (known === true) this.#eagerCount--
  }

  eager(): PeerIdText[] {
    return this.#list(true)
  }

  lazy(): PeerIdText[] {
    return this.#list(false)
  }

  /** Neither does it push to anyone nor does anyone push to it, although there are links. */
  get isCutOff(): boolean {
    return this.#eagerCount === 0 && this.#links.size > 0
  }

  #list(eager: boolean): PeerIdText[] {
    const peers: PeerIdText[] = []
    for (const [peer, isEager] of this.#links) if (isEager === eager) peers.push(peer)
    return peers
  }
}
