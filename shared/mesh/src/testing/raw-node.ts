import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { generateIdentity, type Identity } from '@wrale/protocol/signing'
import { helloProtocol } from '@wrale/protocol/wire'
import { createLibp2p } from 'libp2p'
import { sayHello } from '../transport/libp2p/admission/hello.ts'
import { baseOptions } from '../transport/libp2p/node/base.ts'
import type { Membership } from '../types.ts'

/** A libp2p node that keeps to no rule, for playing strangers and members gone bad. */
export interface RawNode {
  readonly identity: Identity
  readonly node: Libp2p
  /** Connects, and says nothing. */
  connect(to: { addresses(): readonly string[] }): Promise<Connection>
  /** Opens a stream and sends these bytes as they are. */
  send(connection: Connection, protocol: string, ...chunks: Uint8Array[]): Promise<Stream>
  /** Says a proper hello. */
  hello(connection: Connection, membership: Membership): Promise<void>
}

export async function rawNode(identity?: Identity): Promise<RawNode> {
  const own = identity ?? (await generateIdentity())
  const node = await createLibp2p(baseOptions({ identity: own, listen: [], software: 'raw', maxConnections: 16 }))
  await node.start()
  return {
    identity: own,
    node,
    connect: (to) => node.dial(to.addresses().map((address) => multiaddr(address))),
    async send(connection, protocol, ...chunks) {
      const stream = await connection.newStream(protocol)
      // Who is refused at once can no longer send.
      for (const chunk of chunks) if (stream.status === 'open') stream.send(chunk)
      return stream
    },
    async hello(connection, membership) {
      const stream = await connection.newStream(helloProtocol)
      const remote = connection.remotePeer.toString() as PeerIdText
      const deps = { membership, software: 'raw', clock: systemClock, listen: () => [] }
      await sayHello(deps, stream, remote, AbortSignal.timeout(5000))
    },
  }
}

/** Resolves when the connection is closed, with how. */
export function closed(connection: {
  status: string
  addEventListener: Connection['addEventListener']
}): Promise<void> {
  if (connection.status !== 'open') return Promise.resolve()
  return new Promise((resolve) => connection.addEventListener('close', () => resolve(), { once: true }))
}
