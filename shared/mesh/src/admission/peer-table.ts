import type { Connection } from '@libp2p/interface'
import { Emitter, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { MeshPeer } from '../types.ts'

/** An admitted peer with its connections; the first of them carries its streams. */
export interface Member {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  readonly clockErrorMs: number
  readonly connections: readonly [Connection, ...Connection[]]
  readonly rttMs?: number
}

/** What a hello told of a peer. */
export type Introduction = Pick<Member, 'id' | 'certificate' | 'software' | 'clockErrorMs'>

export function toMeshPeer(member: Member): MeshPeer {
  const { id, certificate, software, clockErrorMs, connections, rttMs } = member
  const address = connections[0].remoteAddr.toString()
  const { role, name } = certificate
  return { id, role, name, software, address, certificate, clockErrorMs, ...(rttMs === undefined ? {} : { rttMs }) }
}

/** Admitted peers by id. */
export class PeerTable {
  readonly #members = new Map<PeerIdText, Member>()
  readonly #admitted = new Emitter<Member>()
  readonly #moved = new Emitter<Member>()
  readonly #lost = new Emitter<Member>()

  /** First connection of a peer was admitted. */
  readonly admitted: Signal<Member> = this.#admitted
  /** A peer's streams must begin anew, as a rule because the connection that carried them closed while another stands. */
  readonly moved: Signal<Member> = this.#moved
  /** Last connection of a peer closed. */
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

  add(introduction: Introduction, connection: Connection): void {
    const known = this.#members.get(introduction.id)
    const member: Member = {
      ...known,
      ...introduction,
      connections: known === undefined ? [connection] : [...known.connections, connection],
    }
    this.#members.set(member.id, member)
    if (known === undefined) this.#admitted.emit(member)
  }

  remove(connection: Connection): void {
    for (const member of this.#members.values()) {
      if (!member.connections.includes(connection)) continue
      const [first, ...others] = member.connections.filter((other) => other !== connection)
      if (first === undefined) {
        this.#members.delete(member.id)
        this.#lost.emit(member)
        return
      }
      const remaining: Member = { ...member, connections: [first, ...others] }
      this.#members.set(member.id, remaining)
      if (member.connections[0] === connection) this.#moved.emit(remaining)
      return
    }
  }

  /** Lets the services of a peer begin anew on its first connection. */
  renew(id: PeerIdText): void {
    const member = this.#members.get(id)
    if (member !== undefined) this.#moved.emit(member)
  }

  measured(id: PeerIdText, rttMs: number): void {
    const member = this.#members.get(id)
    if (member !== undefined) this.#members.set(id, { ...member, rttMs })
  }
}
