import { createServer } from 'node:net'
import { silentLogger, systemClock } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { createMesh } from '../mesh.ts'
import { MemoryNetwork } from '../transport/memory/network.ts'
import { seededRandom } from '../transport/memory/seeded-random.ts'
import { virtualCertificate } from '../transport/memory/virtual-certificate.ts'
import { settled } from '../transport/testing/harnesses.ts'
import { libp2pTransport } from '../transport/testing/libp2p-transport.ts'
import type { Mesh, SecurityIncident } from '../types.ts'
import { memoryMember } from './memory-member.ts'
import type { ConformanceMember, MeshHarness } from './mesh-conformance.ts'
import { ReplicaFake } from './replica-fake.ts'
import { testFleet } from './test-fleet.ts'
import { generateIdentity } from '@wrale/protocol/signing'

/** Members on a network in memory; time passes while something is awaited. */
export async function memoryMeshHarness(): Promise<MeshHarness> {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { random: seededRandom(1), latencyMs: [1, 10], lossRatio: 0.02 })
  let count = 0
  return {
    async member(peers) {
      const replica = new ReplicaFake()
      const certificate = virtualCertificate(count++)
      const addresses = peers.flatMap((peer) => [...peer.addresses])
      const { mesh, transport } = memoryMember(network, {
        certificate,
        replica,
        random: seededRandom(100 + count),
        peers: addresses,
      })
      return member(mesh, replica, [transport.address])
    },
    rogue: async () => network.join(virtualCertificate(count++)),
    split: async (some) =>
      network.partition(
        [],
        some.map(({ mesh }) => mesh.id),
      ),
    heal: async () => network.heal(),
    run: (promise) => settled(clock, promise),
    pass: (ms) => clock.advance(ms),
    async until(condition, limitMs) {
      const stepMs = 20
      for (let ms = 0; ms < limitMs && !condition(); ms += stepMs) await clock.advance(stepMs)
      if (!condition()) throw new Error(`did not come about within ${limitMs} ms: ${condition.toString()}`)
    },
  }
}

/** Members on loopback. */
export async function libp2pMeshHarness(): Promise<MeshHarness> {
  const fleet = await testFleet()
  const stopped = new Set<Mesh>()
  const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  return {
    async member(peers) {
      const identity = await generateIdentity()
      const membership = await fleet.admit(identity.id, 'node', 'member')
      const replica = new ReplicaFake()
      const addresses = [`/ip4/127.0.0.1/tcp/${await freePort()}`]
      const mesh = createMesh(
        { identity, membership, replica, logger: silentLogger, clock: systemClock },
        {
          listen: addresses,
          peers: peers.flatMap((peer) => [...peer.addresses]),
          mdns: false,
          software: '0.0.0-test',
        },
      )
      return member(mesh, replica, addresses)
    },
    rogue: () => libp2pTransport(fleet, { name: 'rogue' }),
    async split(some) {
      for (const { mesh } of some) {
        stopped.add(mesh)
        await mesh.stop()
      }
    },
    async heal() {
      for (const mesh of stopped) await mesh.start()
      stopped.clear()
    },
    run: (promise) => promise,
    pass,
    async until(condition, limitMs) {
      for (const endMs = performance.now() + limitMs; performance.now() < endMs && !condition();) await pass(20)
      if (!condition()) throw new Error(`did not come about within ${limitMs} ms: ${condition.toString()}`)
    },
  }
}

function member(mesh: Mesh, replica: ReplicaFake, addresses: readonly string[]): ConformanceMember {
  const incidents: SecurityIncident[] = []
  mesh.incidents.subscribe((incident) => incidents.push(incident))
  return { mesh, replica, addresses, incidents }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error()),
      )
    })
  })
}
