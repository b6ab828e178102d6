import { noise } from '@chainsafe/libp2p-noise'
import type { ConnectionGater } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Identity } from '@wrale/protocol/signing'
import type { Libp2pOptions } from 'libp2p'
import { quietLogger } from '../quiet-logger.ts'
import { wholeWrites } from './whole-writes.ts'

export interface BaseOptions {
  readonly identity: Identity
  /** Multiaddrs to listen on; none for a node that only dials. */
  readonly listen: readonly string[]
  readonly software: string
  readonly maxConnections: number
  readonly gater?: ConnectionGater
}

/** Life is shown on the streams above; the muxer itself need not ping. */
const muxers = yamux({
  enableKeepAlive: false,
  maxInboundStreams: 64,
  maxOutboundStreams: 64,
  streamOptions: {
    maxStreamWindowSize: 1024 * 1024,
    maxReadBufferLength: 2 * 1024 * 1024,
    maxWriteBufferLength: 4 * 1024 * 1024,
  },
})

/** What every libp2p node of the fleet has in common. No relay, no name service, no bootstrap server: it calls nobody by itself. */
export function baseOptions({
  identity,
  listen,
  software,
  maxConnections,
  gater,
}: BaseOptions): Omit<Libp2pOptions, 'services'> {
  return {
    privateKey: identity.privateKey,
    logger: quietLogger,
    nodeInfo: { name: 'wrale', version: software, userAgent: `wrale/${software}` },
    addresses: { listen: [...listen] },
    transports: [tcp({ inboundSocketInactivityTimeout: 120_000, outboundSocketInactivityTimeout: 120_000 })],
    connectionEncrypters: [wholeWrites(noise())],
    streamMuxers: [() => muxers()],
    connectionGater: gater ?? {},
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections,
      maxParallelDials: 16,
      maxDialQueueLength: 128,
      maxPeerAddrsToDial: 8,
      dialTimeout: 6000,
      // A silent address must not keep the next one waiting: on a local network who answers at all answers fast.
      addressDialTimeout: 2000,
      // What one host may have is limited after these, and counted there (`InboundGuard`).
      inboundConnectionThreshold: 4096,
      maxIncomingPendingConnections: 512,
      inboundUpgradeTimeout: 5000,
      inboundStreamProtocolNegotiationTimeout: 3000,
      outboundStreamProtocolNegotiationTimeout: 3000,
      connectionCloseTimeout: 1000,
      reconnectRetries: 0,
    },
    start: false,
  }
}
