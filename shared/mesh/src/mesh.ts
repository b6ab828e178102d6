import { CODE_P2P } from '@multiformats/multiaddr'
import { type Clock, Emitter, Lifecycle, type Logger, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { recordsTopic } from '@wrale/protocol/wire'
import { Admission } from './admission/admission.ts'
import { Gate } from './admission/gate.ts'
import { PeerTable, toMeshPeer } from './admission/peer-table.ts'
import { Conduct } from './conduct.ts'
import { closeConnection } from './connections.ts'
import { BackoffBook } from './dialling/backoff-book.ts'
import { Dialler } from './dialling/dialler.ts'
import { Discovery } from './discovery/discovery.ts'
import { LibP2PMdns } from './discovery/libp2p-mdns.ts'
import { Multicast } from './discovery/multicast.ts'
import type { Found } from './discovery/messages.ts'
import { serviceNames } from './discovery/service-names.ts'
import { EnrolService } from './enrolment/enrol-service.ts'
import { Incidents } from './incidents.ts'
import { Pulse } from './liveness/pulse.ts'
import { LearnAddresses } from './node/learn-addresses.ts'
import { createMemberNode, type MemberNode } from './node/member-node.ts'
import { checkMultiaddrs, startNode } from './node/start-node.ts'
import { RecordGossip } from './replication/record-gossip.ts'
import { RecordSync } from './replication/record-sync.ts'
import { defaultTuning, type MeshTuning, stationTuning } from './tuning.ts'
import { clonedError } from './vetting/clone-watch.ts'
import type { Mesh, MeshDeps, MeshOptions, MeshPeer, SecurityIncident } from './types.ts'

export interface MeshRuntime {
  readonly logger: Logger
  readonly clock: Clock
}

/** How long a misbehaving peer is kept out, and a stranger is not dialled. */
const penaltyBackoff = { firstMs: 60_000, maxMs: 600_000 }
const strangerBackoff = { firstMs: 60_000, maxMs: 600_000 }
const maxRemembered = 1024

/** @throws FleetError ADDRESS_UNAVAILABLE for an address that is no multiaddr */
export function createMesh(deps: MeshDeps & MeshRuntime, options: MeshOptions, tuning: Partial<MeshTuning> = {}): Mesh {
  checkMultiaddrs([...options.listen, ...options.peers])
  const defaults = deps.membership.certificate.role === 'station' ? stationTuning : defaultTuning
  return new LibP2PMesh(deps, options, { ...defaults, ...tuning })
}

interface Running {
  readonly node: MemberNode
  readonly peers: PeerTable
  readonly pulse: Pulse
  readonly parts: Startable
}

class LibP2PMesh implements Mesh {
  readonly #deps: MeshDeps & MeshRuntime
  readonly #options: MeshOptions
  readonly #tuning: MeshTuning
  readonly #admitted = new Emitter<MeshPeer>()
  readonly #lost = new Emitter<MeshPeer>()
  readonly #incidents = new Emitter<SecurityIncident>()
  #running: Running | undefined

  readonly id: PeerIdText
  readonly peerAdmitted: Signal<MeshPeer> = this.#admitted
  readonly peerLost: Signal<MeshPeer> = this.#lost
  readonly incidents: Signal<SecurityIncident> = this.#incidents

  constructor(deps: MeshDeps & MeshRuntime, options: MeshOptions, tuning: MeshTuning) {
    this.#deps = deps
    this.#options = options
    this.#tuning = tuning
    this.id = deps.identity.id
  }

  addresses(): readonly string[] {
    return this.#running?.node.getMultiaddrs().map(String) ?? []
  }

  peers(): readonly MeshPeer[] {
    if (this.#running === undefined) return []
    const { peers, pulse } = this.#running
    return peers.all().map((member) => toMeshPeer(member, pulse.rttMsOf(member.connection)))
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return
    this.#running = await this.#compose()
    try {
      await this.#running.parts.start()
    } catch (error) {
      this.#running = undefined
      throw error
    }
  }

  async stop(): Promise<void> {
    const running = this.#running
    await running?.parts.stop()
    this.#running = undefined
  }

  async #compose(): Promise<Running> {
    const { identity, membership, replica, clock, logger } = this.#deps
    const { listen, software } = this.#options
    const tuning = this.#tuning
    const topic = recordsTopic(membership.fleet)

    const peers = new PeerTable()
    const incidents = new Incidents(logger, clock)
    const penalties = new BackoffBook(clock, penaltyBackoff, { maxEntries: maxRemembered })
    const strangers = new BackoffBook(clock, strangerBackoff, { maxEntries: maxRemembered })
    const gate = new Gate(clock, {
      maxPending: tuning.maxPending,
      deadlineMs: tuning.helloDeadlineMs,
      onOverdue: (connection, error) => {
        incidents.report(null, 'hello-overdue', error)
        connection.abort(error)
      },
    })
    const isPenalised = (peer: { toString(): string }): boolean => penalties.isDeferred(peer.toString())
    const pulse = new Pulse(clock, logger, tuning)
    const node = await createMemberNode(
      {
        pulse,
        identity,
        listen,
        software,
        topic,
        maxConnections: 2 * tuning.maxPeers + tuning.maxPending,
        gater: { denyDialPeer: isPenalised, denyInboundEncryptedConnection: isPenalised },
      },
      gate,
      peers,
    )
    const conduct = new Conduct({
      clock,
      incidents,
      penalties,
      disconnect: (peer, why) => {
        const member = peers.get(peer)
        if (member !== undefined) void closeConnection(member.connection, why)
      },
    })
    const self = identity.id
    const { vetting } = this.#deps
    const hello = { membership, software, clock, vetting }
    vetting?.clones.found.subscribe((clone) => incidents.report(clone.peer, 'cloned-identity', clonedError(clone)))
    const admission = new Admission({ self, hello, clock, gate, peers, incidents, penalties }, node, tuning)
    const dialler = new Dialler({ self, node, gate, peers, strangers, clock, logger }, tuning, this.#options.peers)
    const sync = new RecordSync({ node, replica, gate, peers, conduct, clock, logger }, tuning)
    const gossip = new RecordGossip({ node, topic, replica, peers, conduct, incidents, clock, logger }, tuning)
    gossip.reachable.subscribe((peer) => sync.pullLater(peer, tuning.settleMs))
    gossip.pushedAgain.subscribe((sealed) => sync.pushed(sealed))
    peers.admitted.subscribe((member) => {
      logger.info('a peer is linked', { peer: member.id, name: member.certificate.name, role: member.certificate.role })
      this.#admitted.emit(toMeshPeer(member))
    })
    peers.lost.subscribe((member) => this.#lost.emit(toMeshPeer(member)))
    incidents.reported.subscribe((incident) => this.#incidents.emit(incident))
    const { enrolment } = this.#deps
    const parts = new Lifecycle([
      admission,
      ...(enrolment === undefined
        ? []
        : [new EnrolService({ self, membership, desk: enrolment, gate, incidents, clock, logger }, node, tuning)]),
      sync,
      new LearnAddresses(node, peers, logger),
      {
        start: async () => {
          await startNode(node, listen)
          logger.info('listening', { addresses: this.addresses() })
        },
        stop: async () => node.stop(),
      },
      gossip,
      dialler,
      ...(this.#options.mdns ? this.#discovery(node, peers, dialler) : []),
    ])
    return { node, peers, pulse, parts }
  }

  #discovery(node: MemberNode, peers: PeerTable, dialler: Dialler): Startable[] {
    const { identity, membership, enrolment, clock, logger } = this.#deps
    const names = serviceNames(membership.fleet)
    const found = ({ peer, addresses }: Found): void => dialler.found(peer, addresses)
    const standard = new LibP2PMdns(
      { addresses: () => node.getMultiaddrs(), onFound: found },
      { service: names.members, self: identity.id },
    )
    const discovery = new Discovery(
      {
        clock,
        group: (handlers) => new Multicast(clock, logger, handlers),
        linked: () => peers.all().map(({ id }) => id),
      },
      {
        names,
        ask: 'members',
        announce: {
          peer: identity.id,
          station: enrolment !== undefined,
          addresses: () => node.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P).toString()),
        },
      },
    )
    discovery.found.subscribe(found)
    peers.lost.subscribe(() => {
      if (peers.size === 0) discovery.hurry()
    })
    return [standard, discovery]
  }
}
