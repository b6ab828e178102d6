import type { Connection } from '@libp2p/interface'
import { Emitter, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { MeshPeer } from '../types.ts'

/** An admitted peer and the one connection that is used with it. */
export interface Member {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  readonly clockErrorMs: number
  readonly connection: Connection
  /** When the connection was admitted, monotonic ms. */
  readonly sinceMs: number
}

export function toMeshPeer(member: Member, rttMs?: number): MeshPeer {
  const { id, certificate, software, clockErrorMs, connection } = member
  const address = connection.remoteAddr.toString()
  const { role, name } = certificate
  return { id, role, name, software, address, certificate, clockErrorMs, ...(rttMs === undefined ? {} : { rttMs }) }
}

/** Admitted peers by id. */
export class PeerTable {
  readonly #members = new Map<PeerIdText, Member>()
  readonly #admitted = new Emitter<Member>()
  readonly #moved = new Emitter<Member>()
  readonly #renewed = new Emitter<Member>()
  readonly #lost = new Emitter<Member>()

  readonly admitted: Signal<Member> = this.#admitted
  /** A peer came back on a new connection before the old one was seen to be dead. */
  readonly moved: Signal<Member> = this.#moved
  /** A service lost its stream to a peer and may open it again. */
  readonly renewed: Signal<Member> = this.#renewed
  readonly lost: Signal<Member> = this.#lost

  get size(): number {
    return this.#members.size
  }

  get(id: PeerIdText): Member | undefined {
    return this.#members.get(id)
  }

  all(): Member[] {
    return [...this.#members.values()]
  }

  /** @returns the connection that this one replaces */
  add(member: Member): Connection | undefined {
    const known = this.#members.get(member.id)
    this.#members.set(member.id, member)
    if (known === undefined) this.#admitted.emit(member)
    else this.#moved.emit(member)
    return known?.connection
  }

  renew(id: PeerIdText): void {
    const member = this.#members.get(id)
    if (member !== undefined) this.#renewed.emit(member)
  }

  /** A connection closed. One that was replaced before does not matter. */
  remove(connection: Connection): void {
    const member = this.all().find((one) => one.connection === connection)
    if (member === undefined) return
    this.#members.delete(member.id)
    this.#lost.emit(member)
  }
}
