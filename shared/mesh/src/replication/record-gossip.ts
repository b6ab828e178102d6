import { type Message, type SubscriptionChangeData, TopicValidatorResult } from '@libp2p/gossipsub'
import type { PeerId } from '@libp2p/interface'
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
import type { MemberNode } from '../node/member-node.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { jittered, type MeshTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'
import { Batcher } from './batcher.ts'

/** Messages that one peer may pass on: far above what a fleet says, far below what costs a small board its processor. */
const messagesByPeer = { burst: 600, perMinute: 12_000 }
/** Room in a message for what CBOR adds to the records, bytes. */
const batchOverheadBytes = 1024
/** How often it is seen to that every peer can be pushed to, ms. */
const repairMs = 10_000

export interface RecordGossipDeps {
  readonly node: MemberNode
  readonly topic: string
  readonly replica: ReplicaPort
  readonly peers: PeerTable
  readonly conduct: Conduct
  readonly clock: Clock
  readonly logger: Logger
}

/** Pushes the records that this member writes, and takes in what others push. */
export class RecordGossip implements Startable {
  readonly #deps: RecordGossipDeps
  readonly #batcher: Batcher
  readonly #budget: RateLimiter
  readonly #reachable = new Emitter<PeerIdText>()
  #unsubscribe: Unsubscribe = () => undefined
  #endRepairs: () => Promise<void> = async () => undefined

  /** From now on the peer is pushed to; before, what this member wrote did not reach it. As a rule it is so both ways. */
  readonly reachable: Signal<PeerIdText> = this.#reachable

  constructor(deps: RecordGossipDeps, tuning: MeshTuning) {
    this.#deps = deps
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
      () => jittered(repairMs),
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
      return await this.#receive(from.data, message.data)
    } catch (error) {
      this.#offence(from.data, 'gossip-rejected', toFleetError(error))
      return TopicValidatorResult.Reject
    }
  }

  /** Passed on when there was something new in it and nothing wrong. */
  async #receive(from: PeerIdText, data: Uint8Array): Promise<TopicValidatorResult> {
    let anyNew = false
    for (const sealed of decodeCbor(data, gossipBatchSchema, { maxBytes: maxGossipBytes })) {
      const verdict = await this.#deps.replica.receive(sealed, { from, ageMs: 0 })
      if (verdict === 'rejected') throw new FleetError('FRAME_INVALID', 'a record that was pushed is not acceptable')
      anyNew ||= verdict === 'new'
    }
    return anyNew ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
  }

  #offence(from: PeerIdText, kind: string, error: FleetError): void {
    this.#deps.conduct.offence(from, kind, error)
  }

  /** gossipsub never opens a stream again that failed while the connection lives. */
  #repair(): void {
    for (const member of this.#deps.peers.all()) {
      const streams = member.connections.flatMap((connection) => connection.streams)
      const pushed = streams.some(
        ({ direction, protocol }) => direction === 'outbound' && protocol.startsWith('/meshsub/'),
      )
      if (!pushed) this.#deps.peers.renew(member.id)
    }
  }
}
