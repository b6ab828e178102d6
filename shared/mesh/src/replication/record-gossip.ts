import { type Message, type SubscriptionChangeData, TopicValidatorResult } from '@libp2p/gossipsub'
import type { PeerId, Stream } from '@libp2p/interface'
import {
  type Clock,
  Emitter,
  FleetError,
  type Logger,
  repeat,
  type Signal,
  type Startable,
  toFleetError,
  type Unsubscribe,
} from '@wrale/kernel'
import { decodeCbor, encodeCbor, peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { gossipBatchSchema, maxBatchRecords, maxGossipBytes } from '@wrale/protocol/wire'
import type { PeerTable } from '../admission/peer-table.ts'
import type { Conduct } from '../conduct.ts'
import type { Incidents } from '../incidents.ts'
import type { MemberNode } from '../node/member-node.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { jittered, type MeshTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'
import { Batcher } from './batcher.ts'

/** Messages that one peer may pass on: far above what a fleet says, far below what costs a small board its processor. */
const messagesByPeer = { burst: 600, perMinute: 12_000 }
/** Room in a message for what CBOR adds to the records, bytes. */
const batchOverheadBytes = 1024
/** How long a message is held before it is passed on, ms. gossipsub wants a verdict within 100 ms. */
const forwardAfterMs = 40

export interface RecordGossipDeps {
  readonly node: MemberNode
  readonly topic: string
  readonly replica: ReplicaPort
  readonly peers: PeerTable
  readonly conduct: Conduct
  readonly incidents: Incidents
  readonly clock: Clock
  readonly logger: Logger
}

/** Pushes the records that this member writes, and takes in what others push. */
export class RecordGossip implements Startable {
  readonly #deps: RecordGossipDeps
  readonly #batcher: Batcher
  readonly #budget: RateLimiter
  readonly #tuning: MeshTuning
  readonly #reachable = new Emitter<PeerIdText>()
  readonly #pushedAgain = new Emitter<Uint8Array>()
  #unsubscribe: Unsubscribe = () => undefined
  #endRepairs: () => Promise<void> = async () => undefined

  /** From now on the peer is pushed to; before, what this member wrote did not reach it. As a rule it is so both ways. */
  readonly reachable: Signal<PeerIdText> = this.#reachable
  /** A sealed record that a peer pushed and that is known already. */
  readonly pushedAgain: Signal<Uint8Array> = this.#pushedAgain

  constructor(deps: RecordGossipDeps, tuning: MeshTuning) {
    this.#deps = deps
    this.#tuning = tuning
    this.#budget = new RateLimiter(deps.clock, messagesByPeer)
    this.#batcher = new Batcher(deps.clock, {
      windowMs: tuning.batchWindowMs,
      maxItems: maxBatchRecords,
      maxBytes: maxGossipBytes - batchOverheadBytes,
      maxQueued: 1024,
      send: (batch) => void this.#publish(batch),
      onDropped: (count) =>
        deps.logger.warn('records wait for the next pull: too many were written at once', { count }),
    })
  }

  async start(): Promise<void> {
    const { node, topic, replica, clock, logger } = this.#deps
    node.services.pubsub.addEventListener('subscription-change', this.#onSubscription)
    node.services.pubsub.topicValidators.set(topic, this.#validate)
    node.services.pubsub.subscribe(topic)
    this.#unsubscribe = replica.written.subscribe(({ sealed }) => this.#batcher.push(sealed))
    this.#endRepairs = repeat(
      clock,
      () => jittered(this.#tuning.repairMs),
      () => this.#repair(),
      (error) => logger.error('cannot repair gossip streams', { error }),
    )
  }

  async stop(): Promise<void> {
    this.#deps.node.services.pubsub.removeEventListener('subscription-change', this.#onSubscription)
    this.#unsubscribe()
    this.#batcher.stop()
    await this.#endRepairs()
  }

  readonly #onSubscription = ({ detail: { peerId, subscriptions } }: CustomEvent<SubscriptionChangeData>): void => {
    const peer = peerIdSchema.safeParse(peerId.toString())
    if (peer.success && subscriptions.some(({ topic, subscribe }) => subscribe && topic === this.#deps.topic))
      this.#reachable.emit(peer.data)
  }

  async #publish(batch: Uint8Array[]): Promise<void> {
    const { node, topic, logger } = this.#deps
    try {
      await node.services.pubsub.publish(topic, encodeCbor(batch))
    } catch (error) {
      logger.warn('records wait for the next pull: push failed', { error })
    }
  }

  readonly #validate = async (source: PeerId, message: Message): Promise<TopicValidatorResult> => {
    const from = peerIdSchema.safeParse(source.toString())
    if (!from.success) return TopicValidatorResult.Reject
    if (!this.#budget.take(from.data)) {
      this.#offence(from.data, 'gossip-flood', new FleetError('RATE_LIMITED', 'too many gossip messages'))
      return TopicValidatorResult.Ignore
    }
    try {
      const result = await this.#receive(from.data, message.data)
      if (result === TopicValidatorResult.Accept) await this.#hold()
      return result
    } catch (error) {
      this.#offence(from.data, 'gossip-rejected', toFleetError(error))
      return TopicValidatorResult.Reject
    }
  }

  /**
   * Passed on when there was something current in it and nothing wrong. What is known already was pulled before it was pushed: those who
   * pulled too early still wait for the push.
   */
  async #receive(from: PeerIdText, data: Uint8Array): Promise<TopicValidatorResult> {
    let current = false
    for (const sealed of decodeCbor(data, gossipBatchSchema, { maxBytes: maxGossipBytes })) {
      const verdict = await this.#deps.replica.receive(sealed, { from, ageMs: 0 })
      if (verdict === 'rejected') throw new FleetError('FRAME_INVALID', 'a record that was pushed is not acceptable')
      if (verdict === 'known') this.#pushedAgain.emit(sealed)
      current ||= verdict === 'new' || verdict === 'known'
    }
    return current ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
  }

  /** Until it is passed on, those who have it too can say so. In a full mesh that is everybody. */
  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.schedule(forwardAfterMs, resolve)
    })
  }

  #offence(from: PeerIdText, kind: string, error: FleetError): void {
    this.#deps.conduct.offence(from, kind, error)
  }

  /**
   * gossipsub drops a peer whose stream it cannot read, and never opens a stream again that failed, for as long as the
   * connection lives. The former may be an attack, or a peer that is too busy: it is reported, but not held against it.
   */
  #repair(): void {
    const { node, peers, incidents } = this.#deps
    const known = new Set(node.services.pubsub.getPeers().map(String))
    for (const member of peers.all()) {
      const outbound = member.connection.streams.filter(isOutboundGossip)
      // A peer that dropped this member has closed its end.
      const broken = outbound.filter((stream) => stream.remoteWriteStatus !== 'writable')
      for (const stream of broken)
        stream.abort(new FleetError('UNAVAILABLE', 'the peer does not listen to this stream'))
      if (!known.has(member.id)) {
        const error = new FleetError('FRAME_INVALID', 'a gossip stream could not be read')
        incidents.report(member.id, 'gossip-broken', error)
      } else if (outbound.length > broken.length) continue
      peers.renew(member.id)
    }
  }
}

function isOutboundGossip(stream: Stream): boolean {
  return stream.direction === 'outbound' && stream.protocol.startsWith('/meshsub/')
}
