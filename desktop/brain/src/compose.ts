import {
  loadOrCreateIdentity,
  openDatabase,
  openStateDirectory,
  sequenceFile,
  softwareVersion,
  StorageWatch,
} from '@wrale/host'
import { type Clock, Emitter, type FleetError, Lifecycle, type Logger, merged, systemClock } from '@wrale/kernel'
import { awaitClaim, claimCodeFor, createMesh, FleetClock } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Fleet as FleetView, Session } from '@wrale/protocol/api'
import type { Certificate, Identity } from '@wrale/protocol/signing'
import { MemberDirectory, recordIncidents, Replica, StoragePublisher, trustedTimeOf } from '@wrale/replica'
import { recordSchema, sqliteStorage } from '@wrale/replica/sqlite'
import { composeMembership, deskOf, standingOf, vettingOf } from './compose-membership.ts'
import { composeObjects } from './compose-objects.ts'
import { composeOwnRecords } from './compose-records.ts'
import { Access } from './features/access/access.ts'
import { Clones } from './features/clones/clones.ts'
import { FleetEvents } from './features/events/fleet-events.ts'
import { fleetView } from './features/fleet/fleet-view.ts'
import { hasNetwork } from './features/fleet/network.ts'
import { openFleet, type OpenFleetOptions } from './features/fleet/open-fleet.ts'
import { rootFromWords } from './features/fleet/recovery-kit.ts'
import { StationLink } from './features/fleet/station-link.ts'
import { History } from './features/history/history.ts'
import { SampleStore } from './features/history/sample-store.ts'
import { Inventory } from './features/inventory/inventory.ts'
import { LinkGraph } from './features/inventory/link-graph.ts'
import { sqliteStateMemory } from './features/inventory/state-memory.ts'
import { JoinTokens } from './features/join-tokens/join-tokens.ts'
import { claimGrants, TokenStore } from './features/join-tokens/token-store.ts'
import { stationMetrics } from './features/observability/station-metrics.ts'
import { Tally } from './features/observability/tally.ts'
import { createRouter, type Router } from './rpc/router.ts'
import { rpcServer, type ServeClient } from './rpc/serve.ts'
import { openDatabase as openStationDatabase } from './store/database.ts'

export interface StationOptions {
  /** Folder for everything that must survive the process. */
  readonly stateDirectory: string
  /** Fleet to create where the folder has none. Default "Fleet". */
  readonly createFleet?: string | undefined
  /** Where the folder has no fleet, wait until a station of one takes this station in, by its claim code. Default false. */
  readonly joinFleet?: boolean
  /** Words of a recovery kit: bring its fleet back here, where the folder has no other. */
  readonly recover?: string | undefined
  /** Name of this station among the members. Default: the host's name. */
  readonly name?: string | undefined
  /** Multiaddrs to listen on. Default every IPv4 address, a free port. */
  readonly listen?: readonly string[]
  /** Multiaddrs of peers to dial and keep dialling. Default none. */
  readonly peers?: readonly string[]
  /** Find members by multicast DNS. Default true. */
  readonly mdns?: boolean
}

export interface StationDeps {
  readonly logger: Logger
  readonly clock?: Clock
  /** Told the claim code of a station that waits to be taken in. */
  readonly onWaiting?: (claimCode: string) => void
  /** Ends the wait. */
  readonly signal?: AbortSignal
}

/** A running station. Whoever has it serves its router: over HTTP and WebSocket, or over message ports. */
export interface Station {
  readonly id: PeerIdText
  readonly name: string
  /** Absolute path of the state folder. */
  readonly stateDirectory: string
  readonly router: Router
  /** Serves one client over a pipe that moves strings. */
  readonly serve: ServeClient
  readonly access: Access
  fleet(): FleetView
  /** Why the station is not fit to work, or an empty list. */
  problems(): readonly string[]
  /** For Prometheus. */
  metrics(): string
  /** Tells where browsers reach this station: `http://HOST:PORT`. */
  setBrowserUrl(url: string): void
  /** The caller that the desktop window is. */
  desktopSession(): Session
  stop(): Promise<void>
}

/**
 * Builds and starts everything that a station is, in order, and takes it down again when a part fails.
 * @throws FleetError STATE_DIR_FORBIDDEN, STATE_DIR_IN_USE, STATE_DAMAGED, CONFLICT, ADDRESS_UNAVAILABLE, PORT_IN_USE
 */
export async function composeStation(options: StationOptions, deps: StationDeps): Promise<Station> {
  const { logger, clock = systemClock } = deps
  const undo = new AsyncDisposableStack()
  try {
    const directory = await openStateDirectory(options.stateDirectory)
    undo.defer(() => directory.release())
    const database = openStationDatabase(directory.file('station.db'))
    undo.defer(() => database.close())
    if (database.damaged !== undefined) {
      logger.error('a damaged store was set aside; history, sign-ins and join tokens begin anew', {
        file: database.damaged,
      })
    }
    const identity = await loadOrCreateIdentity(directory.file('identity.key'), [directory.file('fleet.json')])
    const listen = options.listen ?? ['/ip4/0.0.0.0/tcp/0']
    const mdns = options.mdns ?? true
    const fleet = await openFleet(
      { directory, identity, clock, logger },
      {
        create: options.createFleet,
        stationName: options.name,
        recover: options.recover === undefined ? undefined : await rootFromWords(options.recover),
        ...(options.joinFleet === true
          ? { join: waitForClaim({ identity, clock, logger }, { listen, mdns }, deps) }
          : {}),
      },
    )
    const { name } = fleet.membership.certificate

    const members = new MemberDirectory(fleet.id)
    await members.admit(fleet.membership.certificate.sealed, identity.id)
    const storage = sqliteStorage(openDatabase(directory.file('records.db'), recordSchema), {
      fleet: fleet.id,
      secondPlace: sequenceFile(directory.file('records.sequence')),
    })
    const fleetClock = new FleetClock(clock, fleet.membership.certificate.notBefore)
    const replica = new Replica({ identity, clock, fleetTime: fleetClock, storage, directory: members, logger })
    await replica.open()
    // What stations said was stamped when the fleet's time was known: that time has passed.
    for (const { record } of replica.entries('intent')) fleetClock.raiseFloor(record.hlc[0])
    undo.defer(() => replica.close())

    const tokenStore = new TokenStore(database)
    const time = trustedTimeOf(replica, clock, fleet.membership.certificate)
    const standing = standingOf(replica, members, time)
    const vetting = vettingOf({ replica, directory: members }, fleet.id, time, { clock, logger })
    const joinTokens = new JoinTokens({ fleet, store: tokenStore, standing, clock, logger })
    for (const grant of tokenStore.grants()) {
      await members.admit(grant.certificate, grant.subject).catch((error: unknown) => {
        logger.error('a stored certificate was left out', { error, subject: grant.subject })
      })
    }
    const mesh = createMesh(
      {
        identity,
        membership: fleet.membership,
        replica,
        enrolment: deskOf(joinTokens, () => membership.rotation),
        vetting,
        fleetClock,
        logger,
        clock,
      },
      {
        listen,
        peers: options.peers ?? [],
        mdns,
        software: softwareVersion,
      },
    )
    const link = new StationLink({ self: identity.id, mesh, words: replica.changed, hasNetwork, clock, logger })
    const clones = new Clones({ records: replica, nowMs: () => time.nowMs() })
    const graph = new LinkGraph({ self: identity.id, records: replica, mesh, members, clock })
    const inventory = new Inventory({
      self: { id: identity.id, name, role: 'station' },
      records: replica,
      mesh,
      graph,
      members,
      clones,
      link,
      memory: sqliteStateMemory(database, logger),
      clock,
      logger,
    })
    const history = new History({ store: new SampleStore(database), records: replica, clock, logger })
    /** Everyone whom this station takes into the fleet. */
    const letIn = new Emitter<Certificate>()
    const incidents = merged(mesh.incidents, recordIncidents(replica))
    const objects = composeObjects({
      self: { id: identity.id, name },
      replica,
      mesh,
      members,
      inventory,
      graph,
      history,
      fleetClock,
      granted: letIn,
      incidents,
      clock,
      logger,
    })
    const station = { id: identity.id, name, software: softwareVersion, startedAtWallMs: clock.wallMs() }
    const view = (): FleetView =>
      fleetView({
        fleet,
        station,
        mesh,
        link,
        counts: () => inventory.counts(),
        revision: () => objects.revision.numbers,
      })
    const events = new FleetEvents({
      inventory: objects.inventory,
      link,
      revision: objects.revision,
      fleet: view,
      clock,
    })
    const access = await Access.open({ database, clock, logger }, directory.file('local.token'))
    const tally = new Tally({ incidents, rejected: replica.rejected })
    const noteMember = async ({ sealed, subject }: Certificate): Promise<void> => {
      try {
        await members.admit(sealed, subject)
        inventory.noteMember(subject)
      } catch (error) {
        logger.error('a member could not be listed', { error, subject })
      }
    }
    joinTokens.granted.subscribe((certificate) => {
      letIn.emit(certificate)
      void noteMember(certificate)
    })
    mesh.peerAdmitted.subscribe(({ certificate }) => void noteMember(certificate))
    const membership = composeMembership({
      identity,
      fleet,
      replica,
      mesh,
      directory: members,
      standing,
      clones,
      joinTokens,
      book: objects.book,
      audit: objects.audit,
      noteMember: async (certificate) => {
        tokenStore.addGrant(
          claimGrants,
          { subject: certificate.subject, certificate: certificate.sealed },
          clock.wallMs(),
        )
        letIn.emit(certificate)
        await noteMember(certificate)
      },
      software: softwareVersion,
      mdns,
      clock,
      logger,
    })

    let browserUrl: string | undefined
    const router = createRouter({
      fleet: view,
      ...objects,
      ...membership,
      history,
      events,
      access,
      browserUrl: () => browserUrl,
      logger,
    })
    const { certificate } = fleet.membership
    const own = composeOwnRecords({ certificate, software: softwareVersion, replica, mesh, members, clock, logger })
    const watch = new StorageWatch({
      folder: directory.path,
      file: directory.file('identity.key'),
      clock,
      logger,
    })
    const storageProblem = (): FleetError | undefined => replica.storageProblem ?? watch.problem
    const storageReport = new StoragePublisher({
      damaged: storage.damaged ?? database.damaged,
      problem: storageProblem,
      write: (body) => replica.write('event', body),
      clock,
      logger,
    })
    const parts = new Lifecycle([
      watch,
      tally,
      link,
      graph,
      clones,
      inventory,
      ...objects.parts,
      history,
      events,
      mesh,
      ...membership.parts,
      ...own,
      storageReport,
    ])
    await parts.start()
    undo.defer(() => parts.stop())
    logger.info('the station runs', { station: identity.id, stationName: name, fleet: fleet.id, fleetName: fleet.name })

    const running = undo.move()
    return {
      id: identity.id,
      name,
      stateDirectory: directory.path,
      router,
      serve: rpcServer(router, logger),
      access,
      fleet: view,
      problems: () => {
        const problem = storageProblem()
        return [
          ...(problem === undefined ? [] : [`storage: ${problem.code}: ${problem.message}`]),
          ...(history.failing ? ['history cannot be written'] : []),
        ]
      },
      metrics: () =>
        stationMetrics({
          software: softwareVersion,
          nodesByState: inventory.counts(),
          peers: mesh.peers().length,
          watchers: events.watcherCount,
          samplesDropped: history.dropped,
          incidents: tally.incidents,
          recordsRejected: tally.rejected,
        }),
      setBrowserUrl: (url) => void (browserUrl = url),
      desktopSession: () => ({
        kind: 'desktop',
        since: new Date(station.startedAtWallMs).toISOString(),
        expiresAt: null,
      }),
      stop: () => running.disposeAsync(),
    }
  } catch (error) {
    await undo.disposeAsync()
    throw error
  }
}

/** Waits, as a machine that belongs to no fleet, until a station takes this one in. */
function waitForClaim(
  machine: { readonly identity: Identity; readonly clock: Clock; readonly logger: Logger },
  network: { readonly listen: readonly string[]; readonly mdns: boolean },
  { onWaiting, signal = new AbortController().signal }: StationDeps,
): NonNullable<OpenFleetOptions['join']> {
  return (name, keep) => {
    onWaiting?.(claimCodeFor(machine.identity))
    const description = { name, role: 'station', software: softwareVersion } as const
    return awaitClaim(machine, { description, ...network, keep, signal })
  }
}
