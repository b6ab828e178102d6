import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface'
import { CODE_P2P, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type Clock, FleetError, type Signal, toFleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { Identity } from '@wrale/protocol/signing'
import { createLibp2p } from 'libp2p'
import type { Incidents } from '../../incidents.ts'
import type { MeshTuning } from '../../tuning.ts'
import type { Membership } from '../../types.ts'
import type { Vetting } from '../../vetting/vetting.ts'
import { serveStream } from '../serve-stream.ts'
import type { DialTarget, Link, ProtocolHandler, Transport } from '../transport.ts'
import { Admission } from './admission/admission.ts'
import { Gate } from './admission/gate.ts'
import { InboundGuard } from './admission/inbound-guard.ts'
import { closeConnection, remoteIdOf, streamError } from './connections.ts'
import type { LibP2PLink } from './link.ts'
import { maxOutboundStreams } from './link.ts'
import { LinkTable } from './link-table.ts'
import { baseOptions } from './node/base.ts'
import { checkMultiaddrs, startNode } from './node/start-node.ts'

/** Addresses of one peer that are tried; more than a machine has. */
const maxAddresses = 8

export interface LibP2PTransportDeps {
  readonly identity: Identity
  readonly membership: Membership
  /** Default: whoever has a certificate of the fleet is let in. */
  readonly vetting?: Vetting | undefined
  readonly clock: Clock
  readonly incidents: Incidents
  /** A peer goes on being refused: the guard should keep it out for a while. */
  readonly penalise: (peer: PeerIdText) => void
}

export interface LibP2PTransportOptions extends Pick<MeshTuning, 'helloDeadlineMs' | 'maxPending' | 'maxPeers'> {
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Version of this software. */
  readonly software: string
}

/** Serves streams of connections that need not be members'. */
export type StrangerHandler = (stream: Stream, connection: Connection) => Promise<void>

interface Running {
  readonly node: Libp2p
  readonly admission: Admission
}

/** Links over libp2p: TCP, Noise, yamux. Every connection is a stranger's until `/wrale/hello/1` has been spoken. */
export class LibP2PTransport implements Transport {
  readonly self: PeerIdText
  readonly opened: Signal<Link>
  readonly closed: Signal<Link>
  /** Which connections are admitted. */
  readonly gate: Gate
  readonly #deps: LibP2PTransportDeps
  readonly #options: LibP2PTransportOptions
  readonly #links = new LinkTable()
  readonly #inbound: InboundGuard
  readonly #handlers = new Map<string, ProtocolHandler>()
  readonly #strangers = new Map<string, StrangerHandler>()
  #refusal: (peer: PeerIdText) => FleetError | undefined = () => undefined
  #running: Running | undefined

  /** @throws FleetError ADDRESS_UNAVAILABLE for an address that is no multiaddr */
  constructor(deps: LibP2PTransportDeps, options: LibP2PTransportOptions) {
    checkMultiaddrs(options.listen)
    this.#deps = deps
    this.#options = options
    this.#inbound = new InboundGuard(deps)
    this.self = deps.identity.id
    this.opened = this.#links.opened
    this.closed = this.#links.closed
    this.gate = new Gate(deps.clock, {
      maxPending: options.maxPending,
      deadlineMs: options.helloDeadlineMs,
      onOverdue: (connection, error) => {
        deps.incidents.report(null, 'hello-overdue', error)
        connection.abort(error)
      },
    })
  }

  /** @throws FleetError PORT_IN_USE or ADDRESS_UNAVAILABLE when it cannot listen where it should */
  async start(): Promise<void> {
    if (this.#running !== undefined) return
    const node = await this.#createNode()
    node.addEventListener('connection:open', ({ detail }) => this.#inbound.opened(detail))
    const admission = this.#createAdmission(node)
    this.#running = { node, admission }
    try {
      await admission.start()
      for (const [protocol, handler] of this.#handlers) {
        const limits = { maxInboundStreams: handler.maxStreams, maxOutboundStreams }
        await node.handle(protocol, (stream, connection) => this.#serve(stream, connection, handler), limits)
      }
      for (const [protocol, handler] of this.#strangers)
        await node.handle(protocol, handler, { maxInboundStreams: 1, maxOutboundStreams: 1 })
      await startNode(node, this.#options.listen)
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (running === undefined) return
    await running.admission.stop()
    for (const link of this.#links.all()) link.close(new FleetError('ABORTED', 'this member is stopping'))
    await running.node.stop()
  }

  addresses(): readonly string[] {
    return this.#running?.node.getMultiaddrs().map(String) ?? []
  }

  links(): readonly LibP2PLink[] {
    return this.#links.all()
  }

  link(id: PeerIdText): LibP2PLink | undefined {
    return this.#links.get(id)
  }

  guard(refusal: (peer: PeerIdText) => FleetError | undefined): void {
    this.#refusal = refusal
  }

  handle(protocol: string, handler: ProtocolHandler): void {
    this.#handlers.set(protocol, handler)
  }

  /** Serves one stream at a time of every connection, member's or not. Call before `start`. */
  handleStrangers(protocol: string, handler: StrangerHandler): void {
    this.#strangers.set(protocol, handler)
  }

  async dial({ peer, addresses }: DialTarget, signal: AbortSignal): Promise<Link> {
    const node = this.#running?.node
    if (node === undefined) throw new FleetError('UNAVAILABLE', 'this member does not run')
    if (signal.aborted) throw toFleetError(signal.reason, 'ABORTED')
    const refused = peer === undefined ? undefined : this.#refusal(peer)
    if (refused !== undefined) throw refused
    const known = peer === undefined ? undefined : this.#links.get(peer)
    if (known !== undefined) return known
    if (addresses.length === 0) throw new FleetError('UNAVAILABLE', 'there is no address to dial')
    let connection: Connection | undefined
    try {
      connection = this.#pendingTo(peer) ?? (await node.dial(dialAddresses(peer, addresses), { signal, force: true }))
      return await this.#whenLinked(connection, signal)
    } catch (thrown) {
      const error = signal.aborted ? toFleetError(signal.reason, 'ABORTED') : streamError(thrown)
      const id = connection === undefined ? null : remoteIdOf(connection)
      // Where another connection won, that is the one that was wanted.
      const link = error.code === 'CONFLICT' && id !== null ? this.#links.get(id) : undefined
      if (link !== undefined) return link
      throw id === null
        ? error
        : new FleetError(error.code, error.message, { ...error.meta, peer: id }, { cause: error })
    }
  }

  /** A connection to the peer whose hello is under way. */
  #pendingTo(peer: PeerIdText | undefined): Connection | undefined {
    return peer === undefined ? undefined : this.gate.pending().find((one) => remoteIdOf(one) === peer)
  }

  async #whenLinked(connection: Connection, signal: AbortSignal): Promise<LibP2PLink> {
    const giveUp = (): void => {
      if (this.gate.standing(connection) !== 'pending') return
      const why = toFleetError(signal.reason, 'ABORTED')
      this.gate.refuse(connection, why)
      void closeConnection(connection, why)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    try {
      await this.gate.whenAdmitted(connection)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    const link = this.#links.of(connection)
    if (link === undefined) throw new FleetError('UNAVAILABLE', 'the link closed')
    return link
  }

  /** Serves streams of admitted connections only. A stream that comes while the hello is under way waits for it. */
  async #serve(stream: Stream, connection: Connection, handler: ProtocolHandler): Promise<void> {
    try {
      await this.gate.whenAdmitted(connection)
    } catch (error) {
      stream.abort(toFleetError(error))
      return
    }
    const link = this.#links.of(connection)
    if (link === undefined) {
      stream.abort(new FleetError('UNAVAILABLE', 'the link closed'))
      return
    }
    if (stream.status !== 'open') return
    const frames = link.frames(stream, { maxBytes: handler.maxBytes, signal: neverAborted })
    // Not awaited: libp2p holds the stream's first steps open until this returns.
    void serveStream(this.#deps.clock, frames, () => handler.serve(frames, link, link.signal))
  }

  #createNode(): Promise<Libp2p> {
    const { identity } = this.#deps
    const { listen, software, maxPeers, maxPending } = this.#options
    const refusalOf = (peer: PeerId): FleetError | undefined => {
      const id = peerIdSchema.safeParse(peer.toString())
      return id.success ? this.#refusal(id.data) : undefined
    }
    return createLibp2p(
      baseOptions({
        identity,
        listen,
        software,
        maxConnections: 2 * maxPeers + maxPending,
        gater: {
          denyDialPeer: (peer) => refusalOf(peer) !== undefined,
          denyInboundConnection: (connection) => this.#inbound.denies(connection),
          // Who was put out may say hello: only the answer tells it why.
          denyInboundEncryptedConnection: (peer) => refusalOf(peer)?.code === 'FORBIDDEN',
        },
      }),
    )
  }

  #createAdmission(node: Libp2p): Admission {
    const { identity, membership, vetting, clock, incidents, penalise } = this.#deps
    const listen = (): string[] => node.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P).toString())
    return new Admission(
      {
        self: identity.id,
        hello: { membership, software: this.#options.software, clock, listen, vetting },
        clock,
        gate: this.gate,
        links: this.#links,
        incidents,
        refusal: (peer) => this.#refusal(peer),
        penalise,
      },
      node,
      this.#options,
    )
  }
}

/** The link ends its streams itself. */
const neverAborted = new AbortController().signal

function dialAddresses(peer: PeerIdText | undefined, addresses: readonly string[]): Multiaddr[] {
  return addresses.slice(0, maxAddresses).map((address) => {
    const parsed = multiaddr(address)
    return peer === undefined ? parsed : parsed.decapsulateCode(CODE_P2P).encapsulate(`/p2p/${peer}`)
  })
}
