import { Emitter } from '@wrale/kernel'
import type { LostPeer, Mesh, MeshPeer } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'

/** The mesh as the features see it: who is linked, told by the test. */
export class FakeMesh implements Pick<Mesh, 'peers' | 'addresses' | 'peerAdmitted' | 'peerLost'> {
  readonly peerAdmitted = new Emitter<MeshPeer>()
  readonly peerLost = new Emitter<LostPeer>()
  readonly #peers = new Map<PeerIdText, MeshPeer>()

  peers(): readonly MeshPeer[] {
    return [...this.#peers.values()]
  }

  addresses(): readonly string[] {
    return ['/ip4/127.0.0.1/tcp/4001']
  }

  link(id: PeerIdText, name: string, role: 'node' | 'station' = 'node'): void {
    const peer: MeshPeer = {
      id,
      role,
      name,
      software: '0.1.0',
      address: '/ip4/127.0.0.1/tcp/4002',
      certificate: { subject: id, role, name } as Certificate,
      rttMs: 1.5,
      heardAgoMs: 100,
      clockErrorMs: 20,
    }
    this.#peers.set(id, peer)
    this.peerAdmitted.emit(peer)
  }

  unlink(id: PeerIdText): void {
    const peer = this.#peers.get(id)
    if (peer === undefined) return
    this.#peers.delete(id)
    this.peerLost.emit({ ...peer, givenUp: false })
  }
}
