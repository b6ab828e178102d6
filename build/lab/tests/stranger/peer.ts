import { noise } from '@chainsafe/libp2p-noise'
import type { Connection, Libp2p, PeerInfo, Stream } from '@libp2p/interface'
import { mdns } from '@libp2p/mdns'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Identity } from '@wrale/protocol/signing'
import { createLibp2p } from 'libp2p'
import type { Attack } from './attacks.ts'

/** What an attack came to. */
export interface Outcome {
  /** `unreachable`: no connection; `refused`: no stream on it; `ended`: the member ended it; `open`: until patience ended. */
  readonly end: 'unreachable' | 'refused' | 'ended' | 'open'
  /** All that the member said on the stream. */
  readonly received: Uint8Array
}

const dialMs = 5000
/** Longer than a member leaves a connection without a hello. */
const patienceMs = 7000

/** A libp2p node as plain as can be. With a service name it listens, is found under it by mDNS as members are, and finds them. */
export async function strangerNode(identity: Identity, service?: string): Promise<Libp2p> {
  return await createLibp2p({
    privateKey: identity.privateKey,
    addresses: { listen: service === undefined ? [] : ['/ip4/0.0.0.0/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: service === undefined ? [] : [mdns({ interval: 1000, serviceTag: service, peerName: identity.id })],
    connectionMonitor: { enabled: false },
  })
}

/** Waits until mDNS has named that many peers; fewer when `timeoutMs` is over. */
export async function discover(node: Libp2p, count: number, timeoutMs: number): Promise<readonly PeerInfo[]> {
  const found = new Map<string, PeerInfo>()
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, timeoutMs)
  const onPeer = ({ detail }: CustomEvent<PeerInfo>): void => {
    found.set(detail.id.toString(), detail)
    if (found.size >= count) resolve()
  }
  node.addEventListener('peer:discovery', onPeer)
  await promise
  clearTimeout(timer)
  node.removeEventListener('peer:discovery', onPeer)
  return [...found.values()]
}

/** Tries one attack on one peer, on a connection of its own. */
export async function attempt(node: Libp2p, peer: PeerInfo, { protocol, sends }: Attack): Promise<Outcome> {
  const received = new Uint8Array(0)
  let connection: Connection
  try {
    connection = await node.dial(peer.multiaddrs, { force: true, signal: AbortSignal.timeout(dialMs) })
  } catch {
    return { end: 'unreachable', received }
  }
  try {
    const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(dialMs) })
    return await converse(stream, sends)
  } catch {
    return { end: 'refused', received }
  } finally {
    connection.abort(new Error('done'))
  }
}

/** Sends everything without waiting for answers and keeps what comes back. */
async function converse(stream: Stream, sends: readonly Uint8Array[]): Promise<Outcome> {
  const received: number[] = []
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  stream.addEventListener('message', ({ data }) => void received.push(...data.subarray()))
  for (const end of ['close', 'remoteCloseWrite'] as const) stream.addEventListener(end, () => resolve())
  const timer = setTimeout(resolve, patienceMs)
  try {
    for (const bytes of sends) {
      if (!stream.send(bytes)) await stream.onDrain({ signal: AbortSignal.timeout(patienceMs) })
    }
  } catch {
    // The member hung up in the middle of it, as it should.
  }
  await ended
  clearTimeout(timer)
  const open = stream.status === 'open' && stream.remoteWriteStatus === 'writable'
  return { end: open ? 'open' : 'ended', received: Uint8Array.from(received) }
}
