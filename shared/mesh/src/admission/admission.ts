import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type Cancel, type Clock, FleetError, type Startable, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { helloProtocol } from '@wrale/protocol/wire'
import { closeConnection, remoteHostOf, remoteIdOf, streamError } from '../connections.ts'
import { withDeadline } from '../deadline.ts'
import type { BackoffBook } from '../dialling/backoff-book.ts'
import type { Incidents } from '../incidents.ts'
import { RateLimiter } from '../rate-limiter.ts'
import type { MeshTuning } from '../tuning.ts'
import type { Gate } from './gate.ts'
import { answerHello, type HelloDeps, sayHello } from './hello.ts'
import type { Introduction, PeerTable } from './peer-table.ts'

/** Refused hellos that are put up with, by peer and by host; a whole fleet may sit behind one host. */
const refusalsByPeer = { burst: 6, perMinute: 6 }
const refusalsByHost = { burst: 120, perMinute: 120 }
/** How long two connections to one peer may live side by side, ms: both sides must have settled on one by then. */
const duplicateMs = 1000

export interface AdmissionDeps {
  readonly self: PeerIdText
  readonly hello: HelloDeps
  readonly clock: Clock
  readonly gate: Gate
  readonly peers: PeerTable
  readonly incidents: Incidents
  readonly penalties: BackoffBook
}

/**
 * Admits connections: the side that dialled says hello, the other answers, and whoever is convinced admits. Who is not admitted
 * is disconnected.
 */
export class Admission implements Startable {
  readonly #deps: AdmissionDeps
  readonly #node: Libp2p
  readonly #tuning: MeshTuning
  readonly #byPeer: RateLimiter
  readonly #byHost: RateLimiter
  readonly #duplicates = new Set<Cancel>()
  #stopping = new AbortController()

  constructor(deps: AdmissionDeps, node: Libp2p, tuning: MeshTuning) {
    this.#deps = deps
    this.#node = node
    this.#tuning = tuning
    this.#byPeer = new RateLimiter(deps.clock, refusalsByPeer)
    this.#byHost = new RateLimiter(deps.clock, refusalsByHost)
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#node.addEventListener('connection:open', this.#onOpen)
    this.#node.addEventListener('connection:close', this.#onClose)
    await this.#node.handle(helloProtocol, this.#onHello, { maxInboundStreams: 1, maxOutboundStreams: 1 })
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    for (const cancel of this.#duplicates) cancel()
    this.#duplicates.clear()
    this.#node.removeEventListener('connection:open', this.#onOpen)
    this.#node.removeEventListener('connection:close', this.#onClose)
    for (const connection of this.#node.getConnections()) this.#forget(connection)
    await this.#node.unhandle(helloProtocol)
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    this.#deps.gate.open(connection)
    if (connection.direction === 'outbound') void this.#introduce(connection)
  }

  readonly #onClose = ({ detail: connection }: CustomEvent<Connection>): void => {
    const admitted = this.#deps.gate.standing(connection) === 'admitted'
    this.#forget(connection)
    // What libp2p noted of a stranger must not add up.
    if (!admitted) this.#node.peerStore.delete(connection.remotePeer).catch(() => undefined)
  }

  #forget(connection: Connection): void {
    this.#deps.gate.closed(connection)
    this.#deps.peers.remove(connection)
  }

  async #introduce(connection: Connection): Promise<void> {
    try {
      const remote = memberIdOf(connection)
      const introduction = await this.#withDeadline(async (signal) => {
        const stream = await connection.newStream(helloProtocol, { signal })
        try {
          return await sayHello(this.#deps.hello, stream, remote, signal)
        } catch (error) {
          stream.abort(toFleetError(error))
          throw error
        }
      })
      this.#accept(connection, introduction)
    } catch (error) {
      this.#deps.gate.refuse(connection, streamError(error))
      await closeConnection(connection, streamError(error))
    }
  }

  readonly #onHello = async (stream: Stream, connection: Connection): Promise<void> => {
    const { gate, incidents, hello } = this.#deps
    if (connection.direction !== 'inbound' || gate.standing(connection) !== 'pending') {
      stream.abort(new FleetError('FORBIDDEN', 'the side that dialled says hello, once'))
      return
    }
    try {
      const remote = memberIdOf(connection)
      this.#limit(remote, connection)
      await this.#withDeadline((signal) =>
        answerHello(hello, stream, remote, signal, (introduction) => this.#accept(connection, introduction)),
      )
      this.#byPeer.giveBack(remote)
      this.#byHost.giveBack(remoteHostOf(connection))
    } catch (error) {
      const refused = streamError(error)
      stream.abort(refused)
      if (gate.standing(connection) === 'pending') {
        gate.refuse(connection, refused)
        incidents.report(remoteIdOf(connection), 'hello-refused', refused)
      }
      await closeConnection(connection, refused)
    }
  }

  /** Counts an attempt as refused until it succeeds. */
  #limit(remote: PeerIdText, connection: Connection): void {
    const peerAllowed = this.#byPeer.take(remote)
    if (peerAllowed && this.#byHost.take(remoteHostOf(connection))) return
    if (!peerAllowed) this.#deps.penalties.defer(remote)
    throw new FleetError('RATE_LIMITED', 'too many refused hellos')
  }

  /** @throws FleetError when there is no room, or the connection is gone */
  #accept(connection: Connection, introduction: Introduction): void {
    const { gate, peers } = this.#deps
    if (gate.standing(connection) !== 'pending') throw new FleetError('UNAVAILABLE', 'the connection closed')
    const known = peers.get(introduction.id)
    if (known === undefined && peers.size >= this.#tuning.maxPeers) {
      throw new FleetError('UNAVAILABLE', `already linked to ${peers.size} members`)
    }
    gate.admit(connection)
    peers.add(introduction, connection)
    if (known !== undefined && this.#deps.self < introduction.id) this.#endLater(connection)
  }

  /** Only the lower id ends a duplicate, so that the two sides never end one each. */
  #endLater(connection: Connection): void {
    const cancel = this.#deps.clock.schedule(duplicateMs, () => {
      this.#duplicates.delete(cancel)
      const id = remoteIdOf(connection)
      const member = id === null ? undefined : this.#deps.peers.get(id)
      if (member === undefined || member.connections[0] === connection) return
      void closeConnection(connection, new FleetError('CONFLICT', 'another connection to this peer is in use'))
    })
    this.#duplicates.add(cancel)
  }

  #withDeadline<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(this.#deps.clock, this.#tuning.helloDeadlineMs, this.#stopping.signal, task)
  }
}

function memberIdOf(connection: Connection): PeerIdText {
  const id = remoteIdOf(connection)
  if (id === null) throw new FleetError('NOT_MEMBER', 'a member’s key is an Ed25519 key')
  return id
}
