import { hostname } from 'node:os'
import { type Clock, type FleetError, Lifecycle, type Logger, merged, type Startable } from '@wrale/kernel'
import { openDatabase, sequenceFile, softwareVersion, type StateDirectory, StorageWatch } from '@wrale/host'
import { awaitClaim, claimCodeFor, createMesh, enrol, type Membership, FleetClock } from '@wrale/mesh'
import type { EdgeConfig } from '@wrale/protocol/config'
import type { RecordBodies, RecordKind } from '@wrale/protocol/records'
import type { Identity } from '@wrale/protocol/signing'
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
import { Health } from '../features/health/health.ts'
import { describeNode } from '../features/inventory/describe.ts'
import { OwnRevocation } from '../features/membership/own-revocation.ts'
import { Standing } from '../features/membership/standing.ts'
import { MembershipStore } from '../features/membership/store.ts'
import { vettingOf } from '../features/membership/vetting.ts'
import { StatusPublisher } from '../features/status/publisher.ts'
import { Telemetry } from '../features/telemetry/telemetry.ts'
import type { Board } from '../hardware/board.ts'
import { SimulatedBoard } from '../hardware/simulated/board.ts'
import { makeBoard } from './board-choice.ts'
import { ControlServer } from './control/server.ts'
import { type Counters, countReceived, newCounters } from './counters.ts'
import { DaemonFile } from './daemon-file.ts'
import { FleetJournal } from './fleet-journal.ts'
import { FleetSession } from './fleet-session.ts'
import { LocalHttp } from './http/server.ts'
import { type KnownMember, knownMembers } from './known-members.ts'
import { collectGarbage, MemoryTrim } from './memory-trim.ts'
import { defaultName } from './names.ts'
import type { NodeView } from './node-view.ts'
import { identityFile, recordsFile, sequenceFileName } from './paths.ts'

export interface EdgeDeps {
  readonly directory: StateDirectory
  readonly identity: Identity
  readonly clock: Clock
  readonly logger: Logger
  /** Told of a failure that leaves the node unable to take its place in its fleet. */
  readonly failed: (error: unknown) => void
}

export interface EdgeOptions {
  readonly config: EdgeConfig
  readonly configFile: string | null
  /** Join token to use if the node is not a member yet, as text. */
  readonly joinWith: string | undefined
}

/** The whole daemon: what there is, what it needs, and in which order it starts. */
export function compose(
  deps: EdgeDeps,
  { config, configFile, joinWith }: EdgeOptions,
): Startable & { readonly view: NodeView } {
  const { clock, directory, failed, identity, logger } = deps
  const { sampleIntervalMs } = config.telemetry
  const counters = newCounters()
  const board = makeBoard(clock, config, { id: identity.id, diskPath: directory.path })
  const simulated = board instanceof SimulatedBoard ? board : undefined
  const ownName = config.name ?? defaultName(identity.id, board.simulated, hostname())

  const telemetry = new Telemetry({ board, clock, logger }, { sampleIntervalMs })
  const watch = new StorageWatch({
    folder: directory.path,
    file: directory.file(identityFile),
    clock,
    logger,
  })
  const storageProblem = (): FleetError | undefined => session?.storageProblem() ?? watch.problem
  const clockErrorMs = (): number | undefined => session?.fleetTime()?.ownErrorMs
  const health = new Health({ sampled: telemetry.sampled, storageProblem, clockErrorMs, clock, logger })
  let session: FleetSession | undefined
  const standing = new Standing(
    {
      self: identity.id,
      store: new MembershipStore(directory),
      enrol: (token, signal) =>
        enrol(
          { identity, logger, clock },
          { token, name: ownName, software: softwareVersion, ...network(config), signal },
        ),
      claim: {
        code: claimCodeFor(identity),
        wait: async (keep, signal) => {
          const { model } = (await board.describe()).hardware
          const description = { name: ownName, role: 'node', model, software: softwareVersion } as const
          const { listen, mdns } = config
          return awaitClaim({ identity, logger, clock }, { description, listen, mdns, keep, signal })
        },
      },
      session: async (membership) => {
        const putOut = (reason: string | null): void => standing.putOut(reason)
        session = composeSession({ ...deps, board, counters, health, storageProblem, putOut }, config, membership)
        return session
      },
      failed,
      clock,
      logger,
    },
    { joinWith },
  )
  const view: NodeView = {
    id: identity.id,
    software: softwareVersion,
    simulated: board.simulated,
    startedAtMs: clock.wallMs(),
    stateDirectory: directory.path,
    configFile,
    sampleIntervalMs,
    name: () => nameOf(config, standing) ?? ownName,
    latest: () => health.latest,
    recent: () => telemetry.recent,
    refusedReadings: () => telemetry.refusedCounts,
    standing: () => standing.view,
    peers: () => session?.peers() ?? [],
    members: () => session?.members() ?? [],
    digest: () => session?.digest() ?? null,
    fleetTime: () => session?.fleetTime(),
    addresses: () => session?.addresses() ?? [],
    faults: () => simulated?.faults() ?? [],
    storageProblem,
    http: () => http.address,
  }
  const http = new LocalHttp({ view, counters, clock }, { listen: config.http })
  const control = new ControlServer(
    { view, standing, simulated, sample: () => telemetry.sample() },
    { stateDirectory: directory.path },
  )
  const trim = new MemoryTrim({ clock, collect: collectGarbage })
  // What can be in use already comes first, so that a second daemon ends before it has done anything. Health listens before
  // telemetry speaks, and the fleet is told when there is something to tell.
  const parts = new Lifecycle([
    http,
    control,
    new DaemonFile({ directory, view, logger }),
    watch,
    health,
    telemetry,
    standing,
    trim,
  ])
  return { view, start: () => parts.start(), stop: () => parts.stop() }
}

interface SessionDeps extends EdgeDeps {
  readonly board: Board
  readonly counters: Counters
  readonly health: Health
  readonly storageProblem: () => FleetError | undefined
  /** Told when the fleet put this node out. */
  readonly putOut: (reason: string | null) => void
}

/** What a member has besides: records, links, and what it publishes. */
function composeSession(deps: SessionDeps, config: EdgeConfig, membership: Membership): FleetSession {
  const { board, clock, counters, directory, health, identity, logger } = deps
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
    status,
    storageReport,
  })
}

function network({ listen, peers, mdns }: EdgeConfig): Pick<EdgeConfig, 'listen' | 'peers' | 'mdns'> {
  return { listen, peers, mdns }
}

function nameOf(config: EdgeConfig, standing: Standing): string | undefined {
  return config.name ?? (standing.view.standing === 'member' ? standing.view.name : undefined)
}
