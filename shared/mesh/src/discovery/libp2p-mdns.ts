import { mdns } from '@libp2p/mdns'
import type { MulticastDNSComponents } from '@libp2p/mdns'
import { isStartable, type PeerDiscovery, type PeerInfo } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Startable } from '@wrale/kernel'
import { type PeerIdText, peerIdSchema } from '@wrale/protocol'
import { quietLogger } from '../transport/libp2p/quiet-logger.ts'
import { type Found, isPlainAddress, maxAddresses } from './messages.ts'

/**
 * Between two questions of its own, ms. Asking fast when it matters and hardly at all when all is well is `Discovery`'s part: the
 * module knows one interval only, and everyone answers every question.
 */
const intervalMs = 30 * 60_000

export interface LibP2PMdnsDeps {
  /** Multiaddrs with the peer, as libp2p gives them. */
  readonly addresses: () => Multiaddr[]
  readonly onFound: (found: Found) => void
}

/**
 * libp2p's own mDNS module under the fleet's service name: it answers whoever asks on the default route, in the form that every libp2p
 * implementation reads, and asks once at the start. It is run beside the node and not in it, because a node keeps every peer
 * that it is told of, and anybody on the network can tell it of peers without end.
 */
export class LibP2PMdns implements Startable {
  readonly #mdns: PeerDiscovery
  readonly #onPeer: (event: CustomEvent<PeerInfo>) => void

  constructor(deps: LibP2PMdnsDeps, options: { readonly service: string; readonly self: PeerIdText }) {
    const { service, self } = options
    const addressManager = { getAddresses: deps.addresses } as MulticastDNSComponents['addressManager']
    this.#mdns = mdns({ serviceTag: service, peerName: self, interval: intervalMs })({
      addressManager,
      logger: quietLogger,
    })
    this.#onPeer = ({ detail: { id, multiaddrs } }) => {
      const peer = peerIdSchema.safeParse(id.toString())
      const addresses = multiaddrs.map(String).filter(isPlainAddress).slice(0, maxAddresses)
      if (peer.success && peer.data !== self && addresses.length > 0) deps.onFound({ peer: peer.data, addresses })
    }
  }

  async start(): Promise<void> {
    this.#mdns.addEventListener('peer', this.#onPeer)
    if (isStartable(this.#mdns)) await this.#mdns.start()
  }

  async stop(): Promise<void> {
    this.#mdns.removeEventListener('peer', this.#onPeer)
    if (isStartable(this.#mdns)) await this.#mdns.stop()
  }
}
