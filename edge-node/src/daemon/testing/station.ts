import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import { createMesh, type Mesh } from '@wrale/mesh'
import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import { encodeJoinToken } from '@wrale/protocol/membership'
import { type Certificate, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { MemberDirectory, memoryStorage, Replica } from '@wrale/replica'

/** A fleet with one station in this process: enough of a station to take nodes in and to hear them. */
export interface TestStation {
  readonly fleet: FleetId
  readonly mesh: Mesh
  readonly replica: Replica
  /** A join token that this station takes. */
  readonly token: string
  /** A token of this fleet that this station never made. */
  readonly unknownToken: string
  /** An address to dial. */
  readonly address: string
  stop(): Promise<void>
}

const software = '0.0.0-test'

export async function startStation(fleetName = 'Test fleet'): Promise<TestStation> {
  const root = await generateIdentity()
  const fleet = root.id as string as FleetId
  const identity = await generateIdentity()
  const certificate = await certify(root, fleetName, identity.id, 'station', 'station')
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
  const tokenId = crypto.getRandomValues(new Uint8Array(8))
  const secret = crypto.getRandomValues(new Uint8Array(16))
  const mesh = createMesh(
    {
      identity,
      membership: { fleet, certificate },
      replica,
      clock: systemClock,
      logger: silentLogger,
      enrolment: {
        async secretOf(id) {
          if (Buffer.compare(id, tokenId) !== 0) throw new FleetError('TOKEN_INVALID', 'no such token')
          return secret
        },
        grant: (_id, joiner) => certify(root, fleetName, joiner.id, 'node', joiner.name),
      },
    },
    { listen: ['/ip4/127.0.0.1/tcp/0'], peers: [], mdns: false, software },
  )
  await mesh.start()
  const address = mesh.addresses()[0]
  if (address === undefined) throw new Error('the station listens nowhere')
  const token = { fleet, id: tokenId, secret, expiresAtSeconds: 4e9 }
  return {
    fleet,
    mesh,
    replica,
    token: encodeJoinToken(token),
    unknownToken: encodeJoinToken({ ...token, id: new Uint8Array(8) }),
    address,
    async stop() {
      await mesh.stop()
      await replica.close()
    },
  }
}

export function certify(
  root: Identity,
  fleetName: string,
  subject: PeerIdText,
  role: MemberRole,
  name: string,
): Promise<Certificate> {
  const serial = crypto.getRandomValues(new Uint8Array(16))
  return issueCertificate(
    { fleet: root.id as string as FleetId, fleetName, subject, role, name, serial, notBefore: 0 },
    root,
  )
}
