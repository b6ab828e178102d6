import type { Connection } from '@libp2p/interface'
import { PING_PROTOCOL } from '@libp2p/ping'
import { byteStream } from '@libp2p/utils'
import {
  type Cancel,
  type Clock,
  FleetError,
  type Logger,
  type Startable,
  toFleetError,
  type Unsubscribe,
} from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Member, PeerTable } from './admission/peer-table.ts'
import { withDeadline } from './deadline.ts'
import { jittered, type MeshTuning } from './tuning.ts'

/** Bytes of a ping (libp2p ping specification). */
const pingBytes = 32
/** Soon after admission, so that a round trip is known before anybody asks, ms. */
const firstPingMs = 750

export interface HeartbeatDeps {
  readonly peers: PeerTable
  readonly clock: Clock
  readonly logger: Logger
}

/** Pings each peer now and then: measures the round trip, and ends connections that died without saying so. */
export class Heartbeat implements Startable {
  readonly #deps: HeartbeatDeps
  readonly #tuning: MeshTuning
  readonly #next = new Map<PeerIdText, Cancel>()
  #subscriptions: Unsubscribe[] = []
  #stopping = new AbortController()

  constructor(deps: HeartbeatDeps, tuning: MeshTuning) {
    this.#deps = deps
    this.#tuning = tuning
  }

  async start(): Promise<void> {
    const { peers } = this.#deps
    this.#stopping = new AbortController()
    this.#subscriptions = [
      peers.admitted.subscribe((member) => this.#arm(member.id, jittered(firstPingMs))),
      peers.lost.subscribe((member) => this.#forget(member.id)),
    ]
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    for (const id of [...this.#next.keys()]) this.#forget(id)
  }

  #arm(id: PeerIdText, delayMs: number): void {
    this.#forget(id)
    this.#next.set(
      id,
      this.#deps.clock.schedule(delayMs, () => void this.#beat(id)),
    )
  }

  #forget(id: PeerIdText): void {
    this.#next.get(id)?.()
    this.#next.delete(id)
  }

  async #beat(id: PeerIdText): Promise<void> {
    const member = this.#deps.peers.get(id)
    if (member === undefined) return
    await Promise.all(member.connections.map((connection) => this.#check(member, connection)))
    const listens = !this.#stopping.signal.aborted && this.#deps.peers.get(id) !== undefined
    if (listens) this.#arm(id, jittered(this.#tuning.pingIntervalMs))
  }

  async #check(member: Member, connection: Connection): Promise<void> {
    const { clock, peers, logger } = this.#deps
    try {
      const rttMs = await withDeadline(clock, this.#tuning.pingDeadlineMs, this.#stopping.signal, (signal) =>
        this.#ping(connection, signal),
      )
      peers.measured(member.id, rttMs)
    } catch (error) {
      if (this.#stopping.signal.aborted || connection.status !== 'open') return
      logger.info('a peer does not answer', { peer: member.id, name: member.certificate.name })
      connection.abort(toFleetError(error, 'TIMEOUT'))
    }
  }

  async #ping(connection: Connection, signal: AbortSignal): Promise<number> {
    const stream = await connection.newStream(PING_PROTOCOL, { signal })
    try {
      const bytes = byteStream(stream, { maxBufferSize: 2 * pingBytes })
      const payload = crypto.getRandomValues(new Uint8Array(pingBytes))
      const sentAtMs = this.#deps.clock.monotonicMs()
      await bytes.write(payload, { signal })
      const echo = await bytes.read({ bytes: pingBytes, signal })
      const rttMs = this.#deps.clock.monotonicMs() - sentAtMs
      if (!echo.subarray().every((byte, index) => byte === payload[index]))
        throw new FleetError('FRAME_INVALID', 'a ping came back changed')
      await stream.close({ signal })
      return rttMs
    } catch (error) {
      stream.abort(toFleetError(error))
      throw error
    }
  }
}
