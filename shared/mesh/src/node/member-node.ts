import { type GossipSub, gossipsub, StrictNoSign } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { maxGossipBytes } from '@wrale/protocol/wire'
import { createLibp2p } from 'libp2p'
import { GatedRegistrar } from '../admission/gated-registrar.ts'
import type { Gate } from '../admission/gate.ts'
import type { PeerTable } from '../admission/peer-table.ts'
import { baseOptions, type BaseOptions } from './base.ts'

export interface MemberServices extends Record<string, unknown> {
  pubsub: GossipSub
  identify: Identify
}
export type MemberNode = Libp2p<MemberServices>

/** Room for the envelope of a gossip message and for control messages with it, bytes. */
const rpcOverheadBytes = 16 * 1024

/** The libp2p node of a member: all its services see admitted peers only. Not started. */
export function createMemberNode(
  options: BaseOptions & { readonly topic: string },
  gate: Gate,
  peers: PeerTable,
): Promise<MemberNode> {
  const gossip = gossipsub({
    // Records are signed by their authors and checked by every receiver; a second signature would say nothing more.
    globalSignaturePolicy: StrictNoSign,
    allowedTopics: [options.topic],
    fallbackToFloodsub: false,
    // A fleet of this size is (almost) fully meshed: the author reaches everyone itself. What is passed on is for those whom
    // it does not reach; whoever has a message says so (IDONTWANT) before it is passed on, see `RecordGossip`.
    floodPublish: true,
    idontwantMinDataSize: 0,
    D: 2,
    Dlo: 2,
    Dhi: 3,
    Dscore: 1,
    Dout: 1,
    // Announcing what was said to a peer at random, and now and then, is enough: pulls repair the rest.
    heartbeatInterval: 3000,
    Dlazy: 1,
    gossipFactor: 0,
    mcacheGossip: 1,
    mcacheLength: 3,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    emitSelf: false,
    doPX: false,
    batchPublish: true,
    tagMeshPeers: false,
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
    maxInboundDataLength: maxGossipBytes + rpcOverheadBytes,
    maxOutboundBufferSize: 1024 * 1024,
    maxTopicBytesPerPeer: 16 * 1024,
    decodeRpcLimits: {
      maxSubscriptions: 8,
      maxMessages: 64,
      maxIhaveMessageIDs: 512,
      maxIwantMessageIDs: 512,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 64,
      maxPeerInfos: 0,
    },
    // Members behind one address are the rule here (a test machine, a router), not an attack.
    scoreParams: { IPColocationFactorWeight: 0 },
  })
  return createLibp2p<MemberServices>({
    ...baseOptions(options),
    services: {
      identify: (components) =>
        identify({ protocolPrefix: 'wrale', runOnConnectionOpen: false })({
          ...pick(components, ['peerId', 'privateKey', 'peerStore', 'addressManager', 'events', 'logger', 'nodeInfo']),
          registrar: new GatedRegistrar(components.registrar, gate, peers),
        }),
      pubsub: (components) =>
        gossip({
          ...pick(components, ['privateKey', 'peerId', 'peerStore', 'connectionManager', 'logger']),
          registrar: new GatedRegistrar(components.registrar, gate, peers),
        }),
    },
  })
}

/** libp2p's components are a proxy that cannot be spread. */
function pick<T extends object, K extends keyof T>(source: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, source[key]])) as Pick<T, K>
}
