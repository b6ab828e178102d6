import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import type { Clock, Logger, Startable } from '@wrale/kernel'
import { BackoffBook } from './backoff-book.ts'
import { Discovery } from './discovery/discovery.ts'
import { LibP2PMdns } from './discovery/libp2p-mdns.ts'
import type { Found } from './discovery/messages.ts'
import { Multicast } from './discovery/multicast.ts'
import { serviceNames } from './discovery/service-names.ts'
import { EnrolService } from './enrolment/enrol-service.ts'
import { Incidents } from './incidents.ts'
import { MeshMember } from './member.ts'
import { checkMultiaddrs } from './transport/libp2p/node/start-node.ts'
import { LibP2PTransport } from './transport/libp2p/transport.ts'
import type { Transport } from './transport/transport.ts'
import { defaultTuning, type MeshTuning, stationTuning } from './tuning.ts'
import type { Mesh, MeshDeps, MeshOptions } from './types.ts'
import { clonedError } from './vetting/clone-watch.ts'

export interface MeshRuntime {
  readonly logger: Logger
  readonly clock: Clock
}

/** How long a misbehaving peer is kept out. */
export const penaltyBackoff = { firstMs: 60_000, maxMs: 600_000 }
export const maxPenalties = 1024

/** A member on the network. @throws FleetError ADDRESS_UNAVAILABLE for an address that is no multiaddr */
export function createMesh(deps: MeshDeps & MeshRuntime, options: MeshOptions, given: Partial<MeshTuning> = {}): Mesh {
  checkMultiaddrs([...options.listen, ...options.peers])
  const { identity, membership, enrolment, vetting, clock, logger, random = Math.random } = deps
  const tuning = { ...(membership.certificate.role === 'station' ? stationTuning : defaultTuning), ...given }
  const incidents = new Incidents(logger, clock)
  const penalties = new BackoffBook(clock, penaltyBackoff, { maxEntries: maxPenalties, random })
  const transport = new LibP2PTransport(
    { identity, membership, vetting, clock, incidents, penalise: (peer) => void penalties.defer(peer) },
    { ...tuning, listen: options.listen, software: options.software },
  )
  vetting?.clones.found.subscribe((clone) => incidents.report(clone.peer, 'cloned-identity', clonedError(clone)))
  const around: Startable[] = []
  if (enrolment !== undefined) {
    const self = identity.id
    around.push(new EnrolService({ self, membership, desk: enrolment, transport, incidents, clock, logger }, tuning))
  }
  const member: MeshMember = new MeshMember(
    { ...deps, transport, incidents, penalties, random },
    tuning,
    options.peers,
    options.mdns ? [...around, ...discovery(deps, transport, () => member)] : around,
  )
  return member
}

function discovery(
  { identity, membership, enrolment, clock, logger }: MeshDeps & MeshRuntime,
  transport: Transport,
  member: () => MeshMember,
): Startable[] {
  const names = serviceNames(membership.fleet)
  const addresses = () => transport.addresses().map((address) => multiaddr(address))
  const found = ({ peer, addresses: where }: Found): void => member().found(peer, where)
  const standard = new LibP2PMdns({ onFound: found }, { service: names.members, self: identity.id })
  const own = new Discovery(
    {
      clock,
      group: (handlers) => new Multicast(clock, logger, handlers),
      linked: () => transport.links().map(({ id }) => id),
      others: () => member().fleetSize - 1,
    },
    {
      names,
      ask: 'members',
      announce: {
        peer: identity.id,
        station: enrolment !== undefined,
        addresses: () => addresses().map((address) => address.decapsulateCode(CODE_P2P).toString()),
      },
    },
  )
  own.found.subscribe(found)
  const attempt = (listen: boolean): void =>
    void standard.listen(listen).catch((error: unknown) => logger.warn('the mDNS module does not turn', { error }))
  transport.opened.subscribe(() => attempt(false))
  transport.closed.subscribe(() => {
    if (transport.links().length > 0) return
    attempt(true)
    own.hurry()
  })
  return [standard, own]
}
