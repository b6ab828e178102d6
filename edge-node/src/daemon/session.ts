import { type FleetError, Lifecycle, merged, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import { openDatabase, sequenceFile, softwareVersion } from '@wrale/host'
import { createMesh, type Membership, FleetClock } from '@wrale/mesh'
import type { EventBody, RecordBodies, RecordKind } from '@wrale/protocol/records'
import {
  InventoryPublisher,
  LinksPublisher,
  LostLinks,
  MemberDirectory,
  recordIncidents,
  Replica,
  SecurityPublisher,
  StoragePublisher,
} from '@wrale/replica'
import { recordSchema, sqliteStorage } from '@wrale/replica/sqlite'
import type { Health } from '../features/health/health.ts'
import { describeNode } from '../features/inventory/describe.ts'
import { OwnRevocation } from '../features/membership/own-revocation.ts'
import { vettingOf } from '../features/membership/vetting.ts'
import type { NodeControls } from '../features/remote/node-controls.ts'
import { Remote } from '../features/remote/remote.ts'
import { FleetWishes } from '../features/remote/wanted-thermal.ts'
import { paceOf } from '../features/status/decide.ts'
import { StatusPublisher } from '../features/status/publisher.ts'
import { Witness } from '../features/witness/witness.ts'
import type { Board } from '../hardware/board.ts'
import type { NodeConfig } from './config/schema.ts'
import type { ConfigChange } from './config/watcher.ts'
import { type Counters, countReceived } from './counters.ts'
import { FleetJournal } from './fleet-journal.ts'
import { FleetSession } from './fleet-session.ts'
import type { WriteEvent } from './guard/decision-log.ts'
import { type KnownMember, knownMembers } from './known-members.ts'
import { recordsFile, sequenceFileName } from './paths.ts'

import type { EdgeDeps } from './compose.ts'

export interface SessionDeps extends EdgeDeps {
  readonly board: Board
  readonly counters: Counters
  readonly health: Health
  readonly storageProblem: () => FleetError | undefined
  /** Told when the fleet put this node out. */
  readonly putOut: (reason: string | null) => void
  readonly controls: NodeControls
  /** Where decisions are written while it is started. */
  readonly decisions: (write: WriteEvent) => Startable
  readonly configured: Signal<ConfigChange>
  /** Told how the fleet wants the node to be cooled. */
  readonly wanted: (wishes: Pick<FleetWishes, 'thermal' | 'refused'>) => void
}

/** A word may be late, or lost once. */
const wordIntervals = 1.5

/** What a member has besides: records, links, and what it publishes. */
export function composeSession(deps: SessionDeps, config: NodeConfig, membership: Membership): FleetSession {
  const { board, clock, controls, counters, directory, health, identity, logger } = deps
  const name = config.name ?? membership.certificate.name
  const members = new MemberDirectory(membership.fleet)
  const storage = sqliteStorage(openDatabase(directory.file(recordsFile), recordSchema), {
    fleet: membership.fleet,
    secondPlace: sequenceFile(directory.file(sequenceFileName)),
  })
  // These are old by the time they are read again, and an SD card wears out.
  const fleetClock = new FleetClock(clock, membership.certificate.notBefore)
  const replica = new Replica(
    { identity, clock, fleetTime: fleetClock, storage, directory: members, logger },
    { volatile: ['status', 'links'] },
  )
  /** Of a node that was put out nobody takes a word, itself included. */
  const write = async <K extends Exclude<RecordKind, 'intent'>>(kind: K, body: RecordBodies[K]): Promise<void> => {
    if (!replica.isOut(identity.id)) await replica.write(kind, body)
  }
  const vetting = vettingOf({ replica, directory: members }, { membership, clock, logger })
  const mesh = createMesh(
    { identity, membership, replica: countReceived(replica, counters.received), vetting, fleetClock, clock, logger },
    { software: softwareVersion, ...network(config) },
  )
  const incidents = merged(mesh.incidents, recordIncidents(replica))
  incidents.subscribe(({ kind }) => counters.incidents.add(kind))
  replica.written.subscribe(({ kind }) => counters.published.add(kind))
  const { sealed: certificate } = membership.certificate
  const inventory = new InventoryPublisher({
    describe: (addresses) => describeNode(board, { name, software: softwareVersion, certificate, addresses }),
    addresses: () => mesh.addresses(),
    write: (body) => write('inventory', body),
    clock,
    logger,
  })
  const fleetSize = (): number => members.list().length
  const links = new LinksPublisher({
    links: () => mesh.peers(),
    linked: mesh.peerAdmitted,
    lost: mesh.peerLost,
    members: fleetSize,
    write: (body) => write('links', body),
    clock,
    logger,
  })
  const lostLinks = new LostLinks({
    self: identity.id,
    changed: replica.changed,
    members,
    suspect: (member) => {
      mesh.suspect(member)
      links.doubt(member)
    },
  })
  const status = new StatusPublisher(
    {
      judged: health.judged,
      clock,
      logger,
      latest: () => health.latest,
      members: fleetSize,
      write: (body) => write('status', body),
    },
    config.telemetry,
  )
  const known = (): readonly KnownMember[] => knownMembers({ self: identity.id, members, replica, clock })
  const storageReport = new StoragePublisher({
    damaged: storage.damaged,
    problem: deps.storageProblem,
    write: (body) => write('event', body),
    clock,
    logger,
  })
  const journal = new FleetJournal({ self: identity.id, changed: replica.changed, members, clock, logger })
  const security = new SecurityPublisher({
    incidents,
    write: (body) => write('event', body),
    clock,
    logger,
  })
  const wishes = new FleetWishes({ self: identity.id, replica })
  wishes.changed.subscribe(() => deps.wanted(wishes))
  deps.wanted(wishes)
  const event = (body: EventBody): Promise<void> => write('event', body)
  const remote = new Remote({
    mesh,
    controls,
    write: event,
    fleetTimeMs: () => (fleetClock.ownErrorMs === undefined ? undefined : fleetClock.wallMs()),
    clock,
    logger,
  })
  const witness = new Witness({
    self: identity.id,
    peers: () => mesh.peers(),
    admitted: mesh.peerAdmitted,
    lost: mesh.peerLost,
    records: replica,
    members,
    wordMs: () => paceOf(config.telemetry, fleetSize()).intervalMs * wordIntervals,
    write: event,
    clock,
    logger,
  })
  const revocation = new OwnRevocation({ self: identity.id, replica, putOut: deps.putOut, logger })
  return new FleetSession({
    replica,
    fleetClock,
    revocation,
    journal,
    security,
    mesh,
    members: known,
    inventory,
    links,
    lostLinks,
    witness,
    status: new Lifecycle([
      status,
      whileStarted(deps.configured, ({ config: { telemetry } }) => status.configure(telemetry)),
    ]),
    storageReport,
    safety: new Lifecycle([deps.decisions(event), wishes]),
    remote,
  })
}

function whileStarted<T>(signal: Signal<T>, listener: (value: T) => void): Startable {
  let end: Unsubscribe | undefined
  return {
    start: async () => void (end ??= signal.subscribe(listener)),
    stop: async () => end?.(),
  }
}

export function network({ listen, peers, mdns }: NodeConfig): Pick<NodeConfig, 'listen' | 'peers' | 'mdns'> {
  return { listen, peers, mdns }
}
