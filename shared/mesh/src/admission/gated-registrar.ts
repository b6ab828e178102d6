import type { StreamHandler, StreamHandlerOptions, Topology } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { toFleetError, type Unsubscribe } from '@wrale/kernel'
import type { Gate } from './gate.ts'
import type { Member, PeerTable } from './peer-table.ts'

/** A handler that only ever sees streams of admitted connections. A stream that comes while the hello is under way waits for it. */
export function gatedHandler(gate: Gate, handler: StreamHandler): StreamHandler {
  return async (stream, connection) => {
    try {
      await gate.whenAdmitted(connection)
    } catch (error) {
      stream.abort(toFleetError(error))
      return
    }
    if (stream.status === 'open') await handler(stream, connection)
  }
}

/**
 * The registrar as services see it: there are no peers but admitted ones. Services learn of a peer when it is admitted (not
 * when identify ends), and again when its streams must move to another connection.
 */
export class GatedRegistrar implements Registrar {
  readonly #inner: Registrar
  readonly #gate: Gate
  readonly #peers: PeerTable
  readonly #topologies = new Map<
    string,
    { readonly topology: Topology; readonly unsubscribe: readonly Unsubscribe[] }
  >()

  constructor(inner: Registrar, gate: Gate, peers: PeerTable) {
    this.#inner = inner
    this.#gate = gate
    this.#peers = peers
  }

  handle(protocol: string, handler: StreamHandler, options?: StreamHandlerOptions): Promise<void> {
    return this.#inner.handle(protocol, gatedHandler(this.#gate, handler), options)
  }

  /** A topology that is registered for several protocols hears of each peer once: every member speaks all of them. */
  async register(protocol: string, topology: Topology): Promise<string> {
    const id = `${protocol}#${this.#topologies.size}`
    const known = [...this.#topologies.values()].some((entry) => entry.topology === topology)
    this.#topologies.set(id, { topology, unsubscribe: known ? [] : this.#follow(topology) })
    return id
  }

  unregister(id: string): void {
    for (const unsubscribe of this.#topologies.get(id)?.unsubscribe ?? []) unsubscribe()
    this.#topologies.delete(id)
  }

  getProtocols(): string[] {
    return this.#inner.getProtocols()
  }

  unhandle(...args: Parameters<Registrar['unhandle']>): Promise<void> {
    return this.#inner.unhandle(...args)
  }

  getHandler(protocol: string): ReturnType<Registrar['getHandler']> {
    return this.#inner.getHandler(protocol)
  }

  use(...args: Parameters<Registrar['use']>): void {
    this.#inner.use(...args)
  }

  unuse(protocol: string): void {
    this.#inner.unuse(protocol)
  }

  getMiddleware(protocol: string): ReturnType<Registrar['getMiddleware']> {
    return this.#inner.getMiddleware(protocol)
  }

  getTopologies(protocol: string): Topology[] {
    return [...this.#topologies].filter(([id]) => id.startsWith(`${protocol}#`)).map(([, { topology }]) => topology)
  }

  #follow(topology: Topology): Unsubscribe[] {
    const connect = (member: Member): void => {
      void topology.onConnect?.(member.connection.remotePeer, member.connection)
    }
    const disconnect = (member: Member): void => {
      void topology.onDisconnect?.(member.connection.remotePeer)
    }
    return [
      this.#peers.admitted.subscribe(connect),
      this.#peers.renewed.subscribe(connect),
      this.#peers.lost.subscribe(disconnect),
      this.#peers.moved.subscribe((member) => {
        disconnect(member)
        connect(member)
      }),
    ]
  }
}
