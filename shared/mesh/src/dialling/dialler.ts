import type { Connection, Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import {
  type Cancel,
  type Clock,
  FleetError,
  type FleetErrorCode,
  type Logger,
  type Startable,
  type Unsubscribe,
} from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { Gate } from '../admission/gate.ts'
import type { Member, PeerTable } from '../admission/peer-table.ts'
import { remoteIdOf, streamError } from '../connections.ts'
import type { MeshTuning } from '../tuning.ts'
import type { BackoffBook } from './backoff-book.ts'
import { type Target, Targets } from './targets.ts'

/** Dials under way at once. */
const maxDials = 8
/** Addresses of one peer that are tried; more than a machine has. */
const maxAddresses = 8
/** Codes with which a peer turns out not to be one of ours, for which coming back soon makes no sense. */
const strangerCodes: ReadonlySet<FleetErrorCode> = new Set([
  'NOT_MEMBER',
  'PROTOCOL_MISMATCH',
  'SIGNATURE_INVALID',
  'FRAME_INVALID',
  'FRAME_TOO_LARGE',
  'FORBIDDEN',
])

export interface DiallerDeps {
  readonly self: PeerIdText
  readonly node: Libp2p
  readonly gate: Gate
  readonly peers: PeerTable
  /** Peers that turned out to be strangers; left alone for longer each time. */
  readonly strangers: BackoffBook
  readonly clock: Clock
  readonly logger: Logger
}

/** Dials configured addresses, discovered peers, and members that got lost, until they are linked. */
export class Dialler implements Startable {
  readonly #deps: DiallerDeps
  readonly #tuning: MeshTuning
  readonly #static: readonly string[]
  #targets: Targets
  #subscriptions: Unsubscribe[] = []
  #cancel: Cancel = () => undefined
  #stopping = new AbortController()
  readonly #dials = new Set<Promise<void>>()

  constructor(deps: DiallerDeps, tuning: MeshTuning, staticAddresses: readonly string[]) {
    this.#deps = deps
    this.#tuning = tuning
    this.#static = staticAddresses
    this.#targets = new Targets(deps.clock)
  }

  async start(): Promise<void> {
    const { peers, clock } = this.#deps
    this.#stopping = new AbortController()
    this.#targets = new Targets(clock)
    this.#subscriptions = [
      peers.admitted.subscribe((member) => this.#linked(member)),
      peers.lost.subscribe((member) => void this.#lost(member)),
    ]
    for (const address of this.#static) this.#targets.add('static', address, { addresses: [address], delayMs: 0 })
    this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#cancel()
    await Promise.all(this.#dials)
  }

  /** A peer was discovered at these addresses. Cheap to call again and again. */
  found(peer: PeerIdText, addresses: readonly string[]): void {
    const { self, peers, strangers } = this.#deps
    if (peer === self || addresses.length === 0 || peers.get(peer) !== undefined || strangers.isDeferred(peer)) return
    this.#targets.add('found', peer, {
      peer,
      addresses: addresses.slice(0, maxAddresses),
      delayMs: this.#courtesyMs(peer),
    })
    this.#run()
  }

  #linked(member: Member): void {
    const { peers, strangers } = this.#deps
    strangers.clear(member.id)
    this.#targets.remove(member.id)
    if (peers.size === 1) this.#targets.retryAll()
    this.#run()
  }

  async #lost(member: Member): Promise<void> {
    const addresses = await this.#addressesOf(member)
    if (this.#stopping.signal.aborted || this.#deps.peers.get(member.id) !== undefined) return
    this.#deps.logger.info('a peer is lost', { peer: member.id, name: member.certificate.name })
    if (addresses.length > 0) {
      const delayMs = this.#courtesyMs(member.id) + Math.random() * this.#tuning.dialCourtesyMs
      this.#targets.add('member', member.id, { peer: member.id, addresses, delayMs })
    }
    this.#run()
  }

  /** Where the member said that it listens; what it was dialled at comes first. */
  async #addressesOf(member: Member): Promise<string[]> {
    const dialled = member.connection.direction === 'outbound' ? [member.connection.remoteAddr] : []
    const told = await this.#deps.node.peerStore.get(peerIdFromString(member.id)).then(
      ({ addresses }) => addresses.map((address) => address.multiaddr),
      (): Multiaddr[] => [],
    )
    return [...new Set([...dialled, ...told].map((address) => address.decapsulateCode(CODE_P2P).toString()))].slice(
      0,
      maxAddresses,
    )
  }

  /** The lower id dials at once, the higher a little later, lest both dial. */
  #courtesyMs(peer: PeerIdText): number {
    return this.#deps.self < peer ? 0 : this.#tuning.dialCourtesyMs
  }

  #run(): void {
    this.#cancel()
    if (this.#stopping.signal.aborted) return
    const nowMs = this.#deps.clock.monotonicMs()
    const waiting = this.#targets
      .all()
      .filter((target) => !target.dialling && !this.#isLinked(target))
      .toSorted((a, b) => a.dueMs - b.dueMs)
    for (const target of waiting) {
      if (this.#dials.size >= maxDials) return
      if (target.dueMs > nowMs) {
        this.#cancel = this.#deps.clock.schedule(target.dueMs - nowMs, () => this.#run())
        return
      }
      this.#begin(target)
    }
  }

  #begin(target: Target): void {
    target.dialling = true
    const dial = this.#dial(target).finally(() => {
      target.dialling = false
      this.#dials.delete(dial)
      this.#run()
    })
    this.#dials.add(dial)
  }

  async #dial(target: Target): Promise<void> {
    const { gate, node, logger } = this.#deps
    let connection: Connection | undefined
    try {
      connection = await node.dial(this.#multiaddrsOf(target), { signal: this.#stopping.signal })
      await gate.whenAdmitted(connection)
      target.attempts = 0
      learnPeer(target, connection)
    } catch (thrown) {
      const error = streamError(thrown)
      logger.debug('cannot link to a peer', { target: target.key, error })
      this.#failed(target, error, connection)
    }
  }

  #failed(target: Target, error: FleetError, connection: Connection | undefined): void {
    // Another connection won: whose address this is, is known all the same.
    if (error.code === 'CONFLICT' && connection !== undefined) learnPeer(target, connection)
    this.#targets.failed(target)
    if (!strangerCodes.has(error.code) || connection === undefined) return
    // Whoever is configured may be about to join.
    if (target.kind === 'static' && error.code === 'PROTOCOL_MISMATCH') return
    const waitMs = this.#deps.strangers.defer(connection.remotePeer.toString())
    if (target.kind === 'static') {
      target.dueMs = this.#deps.clock.monotonicMs() + waitMs
      this.#deps.logger.warn('the peer at a configured address is not of this fleet', {
        address: target.key,
        code: error.code,
        error: error.message,
      })
    } else {
      this.#targets.remove(target.key)
    }
  }

  #multiaddrsOf({ peer, addresses, kind }: Target): Multiaddr[] {
    // A configured address may come to belong to another machine.
    return addresses.map((address) =>
      multiaddr(peer === undefined || kind === 'static' ? address : `${address}/p2p/${peer}`),
    )
  }

  #isLinked(target: Target): boolean {
    const named = target.peer ?? peerIdIn(target.key)
    return named !== undefined && this.#deps.peers.get(named) !== undefined
  }
}

function learnPeer(target: Target, connection: Connection): void {
  const peer = remoteIdOf(connection)
  if (peer !== null) target.peer = peer
}

/** The peer that an address ends in, if it does. */
function peerIdIn(key: string): PeerIdText | undefined {
  return peerIdSchema.safeParse(key.split('/p2p/').at(-1)).data
}
