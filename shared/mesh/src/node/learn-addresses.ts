import type { Logger, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerTable } from '../admission/peer-table.ts'
import type { MemberNode } from './member-node.ts'

/**
 * Asks peers that dialled this member where they listen, by libp2p's identify, so that it can dial them when the link is lost.
 * Whom this member dialled, it knows where to find.
 */
export class LearnAddresses implements Startable {
  readonly #node: MemberNode
  readonly #peers: PeerTable
  readonly #logger: Logger
  #unsubscribe: Unsubscribe = () => undefined

  constructor(node: MemberNode, peers: PeerTable, logger: Logger) {
    this.#node = node
    this.#peers = peers
    this.#logger = logger
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#peers.admitted.subscribe(({ id, connection }) => {
      if (connection.direction !== 'inbound') return
      this.#node.services.identify.identify(connection).catch((error: unknown) => {
        this.#logger.debug('a peer does not say where it listens', { peer: id, error })
      })
    })
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
  }
}
