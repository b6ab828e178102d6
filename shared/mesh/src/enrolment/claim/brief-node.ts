import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Cancel, type Clock, FleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { Identity } from '@wrale/protocol/signing'
import { createLibp2p, type Libp2p } from 'libp2p'
import { closeConnection, remoteIdOf, streamError } from '../../transport/libp2p/connections.ts'
import { baseOptions } from '../../transport/libp2p/node/base.ts'

/** A node that nobody uses for so long is taken down, ms. */
const idleMs = 20_000

export interface BriefNodeDeps {
  readonly identity: Identity
  readonly clock: Clock
  readonly software: string
}

/**
 * A libp2p node that only dials, there while it is used: it speaks to machines that are no members, and so not from the member's own node, which admits nobody
 * else.
 */
export class BriefNode {
  readonly #deps: BriefNodeDeps
  #node: Promise<Libp2p> | undefined
  #users = 0
  #cancelEnd: Cancel = () => undefined

  constructor(deps: BriefNodeDeps) {
    this.#deps = deps
  }

  /**
   * Opens a stream to a machine, works on it and closes the connection.
   * @param machine who must answer; undefined: whoever does
   * @throws FleetError UNAVAILABLE, PROTOCOL_MISMATCH, ENROL_REFUSED when somebody else answers; what `work` throws
   */
  async withStream<T>(
    target: { readonly machine: PeerIdText | undefined; readonly addresses: readonly string[] },
    protocol: string,
    signal: AbortSignal,
    work: (stream: Stream, remote: PeerIdText, address: string) => Promise<T>,
  ): Promise<T> {
    this.#users++
    this.#cancelEnd()
    let connection: Connection | undefined
    try {
      const node = await this.#running()
      const suffix = target.machine === undefined ? '' : `/p2p/${target.machine}`
      connection = await node.dial(
        target.addresses.map((address) => multiaddr(address.includes('/p2p/') ? address : address + suffix)),
        // Each with a connection of its own, to be closed without a thought for others.
        { signal, force: true },
      )
      const remote = peerIdSchema.safeParse(remoteIdOf(connection))
      if (!remote.success || (target.machine !== undefined && remote.data !== target.machine))
        throw new FleetError('ENROL_REFUSED', 'somebody else answers there')
      const stream = await connection.newStream(protocol, { signal })
      return await work(stream, remote.data, connection.remoteAddr.decapsulate('/p2p').toString())
    } catch (error) {
      throw streamError(error)
    } finally {
      if (connection !== undefined) await closeConnection(connection, new FleetError('ABORTED', 'done'))
      this.#users--
      this.#endLater()
    }
  }

  async stop(): Promise<void> {
    this.#cancelEnd()
    const node = this.#node
    this.#node = undefined
    await (await node)?.stop()
  }

  #running(): Promise<Libp2p> {
    this.#node ??= this.#begin()
    return this.#node
  }

  async #begin(): Promise<Libp2p> {
    const { identity, software } = this.#deps
    const node = await createLibp2p(baseOptions({ identity, listen: [], software, maxConnections: 16 }))
    await node.start()
    return node
  }

  #endLater(): void {
    if (this.#users > 0) return
    this.#cancelEnd()
    this.#cancelEnd = this.#deps.clock.schedule(idleMs, () => {
      if (this.#users === 0) this.stop().catch(() => undefined)
    })
  }
}
