import { mdns } from '@libp2p/mdns'
import type { MulticastDNSComponents } from '@libp2p/mdns'
import { isStartable, type PeerDiscovery, type PeerInfo } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Startable } from '@wrale/kernel'
import { type PeerIdText, peerIdSchema } from '@wrale/protocol'
import { quietLogger } from '../transport/libp2p/quiet-logger.ts'
import { type Found, isPlainAddress, maxAddresses } from './messages.ts'

/** Between two questions of its own, ms: it asks when it is woken, and `Discovery` asks on. */
const intervalMs = 30 * 60_000

export interface LibP2PMdnsDeps {
  readonly onFound: (found: Found) => void
}

/**
 * libp2p's own mDNS module under the fleet's service name: it asks on the default route as every libp2p implementation does, and hears
 * whoever answers. It works while this member has nobody, and rests as soon as there is a link: it reads every packet on the network in
 * full, and knows no way not to answer what others have answered, which is why answering is left to `Discovery`. It is run beside
 * the node and not in it, because a node keeps every peer that it is told of, and anybody on the network can tell it of peers
 * without end.
 */
export class LibP2PMdns implements Startable {
  readonly #mdns: PeerDiscovery
  readonly #onPeer: (event: CustomEvent<PeerInfo>) => void
  #started = false
  #wanted = false
  #working = false
  #turning: Promise<void> = Promise.resolve()

  constructor(deps: LibP2PMdnsDeps, options: { readonly service: string; readonly self: PeerIdText }) {
    const { service, self } = options
    const addressManager = { getAddresses: () => [] as Multiaddr[] } as MulticastDNSComponents['addressManager']
    this.#mdns = mdns({ serviceTag: service, peerName: self, interval: intervalMs, broadcast: false })({
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
    this.#started = true
    await this.listen(true)
  }

  async stop(): Promise<void> {
    await this.listen(false)
    this.#started = false
    this.#mdns.removeEventListener('peer', this.#onPeer)
  }

  /** Works from now on, or rests; the last word counts. Nothing happens before the start and after the stop. */
  listen(wanted: boolean): Promise<void> {
    this.#wanted = wanted
    const turn = this.#turning.then(async () => {
      const to = this.#wanted
      if (!this.#started || to === this.#working || !isStartable(this.#mdns)) return
      await (to ? this.#mdns.start() : this.#mdns.stop())
      this.#working = to
    })
    // A turn that failed is the caller's to tell; the next one tries again.
    this.#turning = turn.catch(() => undefined)
    return turn
  }
}
