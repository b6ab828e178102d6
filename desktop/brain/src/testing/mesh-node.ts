import { silentLogger, systemClock } from '@wrale/kernel'
import { createMesh, type Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import { type Identity, issueCertificate, generateIdentity } from '@wrale/protocol/signing'
import { MemberDirectory, memoryStorage, Replica } from '@wrale/replica'
import { inventoryBody, statusBody } from '@wrale/replica/testing'

/** A node in this process with a real mesh and nothing on disk: it says that it is there, and once how it is. */
export interface MeshNode {
  readonly id: PeerIdText
  stop(): Promise<void>
}

/**
 * @param root the fleet's root key, which makes it a member
 * @param prepare makes it answer something; called before the mesh starts
 */
export async function startMeshNode(
  root: Identity,
  name: string,
  peers: readonly string[],
  prepare: (mesh: Mesh) => void = () => undefined,
): Promise<MeshNode> {
  const identity = await generateIdentity()
  const fleet = root.id as string as MemberDirectory['fleet']
  const serial = new Uint8Array(16).fill(7)
  const certificate = await issueCertificate(
    { fleet, fleetName: 'Test', subject: identity.id, role: 'node', name, serial, notBefore: 0 },
    root,
  )
  const directory = new MemberDirectory(fleet)
  await directory.admit(certificate.sealed, identity.id)
  const replica = new Replica({
    identity,
    clock: systemClock,
    storage: memoryStorage(),
    directory,
    logger: silentLogger,
  })
  await replica.open()
  const mesh = createMesh(
    { identity, membership: { fleet, certificate }, replica, clock: systemClock, logger: silentLogger },
    { listen: ['/ip4/127.0.0.1/tcp/0'], peers, mdns: false, software: '0.1.0' },
  )
  prepare(mesh)
  await mesh.start()
  await replica.write('inventory', inventoryBody(name, certificate))
  await replica.write('status', statusBody(41))
  return {
    id: identity.id,
    async stop() {
      await mesh.stop()
      await replica.close()
    },
  }
}
