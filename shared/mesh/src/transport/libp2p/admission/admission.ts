import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { CODE_P2P } from '@multiformats/multiaddr'
import { type Clock, FleetError, type Startable, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { helloProtocol } from '@wrale/protocol/wire'
import { withDeadline } from '../../../deadline.ts'
import type { Incidents } from '../../../incidents.ts'
import { RateLimiter } from '../../../rate-limiter.ts'
import type { MeshTuning } from '../../../tuning.ts'
import { conflict, prefersOwn } from '../../prefers-own.ts'
import { closeConnection, remoteHostOf, remoteIdOf, streamError } from '../connections.ts'
import type { LinkTable } from '../link-table.ts'
import type { Gate } from './gate.ts'
import { answerHello, type HelloDeps, type Introduction, sayHello } from './hello.ts'

/** Refused hellos that are put up with, by peer and by host; a whole fleet may sit behind one host. */
const refusalsByPeer = { burst: 6, perMinute: 6 }
const refusalsByHost = { burst: 120, perMinute: 120 }

export interface AdmissionDeps {
  readonly self: PeerIdText
  readonly hello: HelloDeps
  readonly clock: Clock
  readonly gate: Gate
  readonly links: LinkTable
  readonly incidents: Incidents
  /** Why there is to be nothing with a peer, if there is not. */
  readonly refusal: (peer: PeerIdText) => FleetError | undefined
  /** A peer goes on being refused: it is to be kept out for a while. */
  readonly penalise: (peer: PeerIdText) => void
}

export type AdmissionTuning = Pick<MeshTuning, 'helloDeadlineMs' | 'maxPeers'>

/**
 * Admits connections: the side that dialled says hello, the other answers, and whoever is convinced admits. Who is not admitted
 * is disconnected.
 */
export class Admission implements Startable {
  readonly #deps: AdmissionDeps
  readonly #node: Libp2p
  readonly #tuning: AdmissionTuning
  readonly #byPeer: RateLimiter
  readonly #byHost: RateLimiter
  #stopping = new AbortController()

  constructor(deps: AdmissionDeps, node: Libp2p, tuning: AdmissionTuning) {
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
    this.#node.removeEventListener('connection:open', this.#onOpen)
    this.#node.removeEventListener('connection:close', this.#onClose)
    for (const connection of this.#node.getConnections()) {
      this.#deps.gate.closed(connection)
    }
    await this.#node.unhandle(helloProtocol)
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    this.#deps.gate.open(connection)
    if (connection.direction === 'outbound') void this.#introduce(connection)
  }

  readonly #onClose = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { gate, links } = this.#deps
    // A hello of ours that is under way may yet learn why it was refused.
    if (connection.direction === 'inbound') gate.closed(connection)
    links.gone(connection)
    // What libp2p notes of peers must not add up.
    this.#node.peerStore.delete(connection.remotePeer).catch(() => undefined)
  }

  async #introduce(connection: Connection): Promise<void> {
    try {
      const remote = memberIdOf(connection)
      // The peer's own connection was faster. That one both sides know.
      if (this.#deps.links.get(remote) !== undefined) throw conflict()
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
      this.#excuse(connection)
    } catch (error) {
      const refused = streamError(error)
      // A peer that is gone, or that already is linked, did nothing wrong.
      if (refused.code === 'CONFLICT' || refused.code === 'UNAVAILABLE') this.#excuse(connection)
      else if (gate.standing(connection) === 'pending')
        incidents.report(remoteIdOf(connection), 'hello-refused', refused)
      gate.refuse(connection, refused)
      await closeConnection(connection, refused)
    }
  }

  /** Counts an attempt as refused until it succeeds. */
  #limit(remote: PeerIdText, connection: Connection): void {
    const peerAllowed = this.#byPeer.take(remote)
    if (peerAllowed && this.#byHost.take(remoteHostOf(connection))) return
    if (!peerAllowed) this.#deps.penalise(remote)
    throw new FleetError('RATE_LIMITED', 'too many refused hellos')
  }

  #excuse(connection: Connection): void {
    this.#byPeer.giveBack(connection.remotePeer.toString())
    this.#byHost.giveBack(remoteHostOf(connection))
  }

  /** @throws FleetError when there is no room, another connection is preferred, or this one is gone */
  #accept(connection: Connection, introduction: Introduction): void {
    const { gate, links, clock, hello, refusal } = this.#deps
    const { id } = introduction
    if (gate.standing(connection) !== 'pending') throw new FleetError('UNAVAILABLE', 'the connection closed')
    const refused = refusal(id)
    if (refused !== undefined) throw refused
    if (connection.direction === 'inbound' && this.#prefersOwn(id)) throw conflict()
    if (links.get(id) === undefined && links.size >= this.#tuning.maxPeers)
      throw new FleetError('RATE_LIMITED', `already linked to ${links.size} members`)
    const clones = hello.vetting?.clones
    clones?.heard(id, introduction.instance, connection.remoteAddr.decapsulateCode(CODE_P2P).toString())
    // Two that push each other out would do so without end. The one that is linked stays, for no better reason; both are reported.
    if (clones !== undefined && clones.clonedAt(id).length > 0 && links.get(id) !== undefined) throw conflict()
    gate.admit(connection)
    links.add(connection, introduction, clock.monotonicMs())
  }

  #prefersOwn(remote: PeerIdText): boolean {
    const { self, gate, links, clock } = this.#deps
    const dialling = gate.pending().some((one) => one.direction === 'outbound' && remoteIdOf(one) === remote)
    return prefersOwn({ self, remote, known: links.get(remote), dialling, nowMs: clock.monotonicMs() })
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
