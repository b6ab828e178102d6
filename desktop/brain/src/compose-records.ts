import type { Clock, Logger, Startable } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { Certificate } from '@wrale/protocol/signing'
import { InventoryPublisher, LinksPublisher, LostLinks, type MemberDirectory, type Replica } from '@wrale/replica'
import { describeStation } from './features/inventory/describe-station.ts'

export interface OwnRecordsDeps {
  readonly certificate: Certificate
  readonly software: string
  readonly replica: Replica
  readonly mesh: Mesh
  readonly members: MemberDirectory
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * What a station says of itself: what it is and where it listens, and to whom it is linked; and what it makes of what others say of their links.
 * To be started after the mesh.
 */
export function composeOwnRecords(deps: OwnRecordsDeps): readonly Startable[] {
  const { certificate, software, replica, mesh, members, clock, logger } = deps
  const facts = { name: certificate.name, software, certificate: certificate.sealed }
  const links = new LinksPublisher({
    links: () => mesh.peers(),
    linked: mesh.peerAdmitted,
    lost: mesh.peerLost,
    members: () => members.list().length,
    write: (body) => replica.write('links', body),
    clock,
    logger,
  })
  return [
    new InventoryPublisher({
      describe: async (addresses) => describeStation({ ...facts, addresses }),
      addresses: () => mesh.addresses(),
      write: (body) => replica.write('inventory', body),
      clock,
      logger,
    }),
    links,
    new LostLinks({
      self: mesh.id,
      changed: replica.changed,
      members,
      suspect: (member) => {
        mesh.suspect(member)
        links.doubt(member)
      },
    }),
  ]
}
