import { FleetError, Lifecycle, type Startable } from '@wrale/kernel'
import type { FleetClock, Mesh, MeshPeer } from '@wrale/mesh'
import { digestText } from '@wrale/protocol/wire'
import type { InventoryPublisher, LinksPublisher, Replica } from '@wrale/replica'
import type { KnownMember } from './known-members.ts'
import type { FleetTime } from './node-view.ts'

export interface FleetSessionDeps {
  /** Record store of this member; closed last, so that what is written while stopping is stored. */
  readonly replica: Pick<Replica, 'open' | 'close' | 'digest' | 'entries' | 'storageProblem'>
  /** Notices that the fleet put this node out. */
  readonly revocation: Startable
  readonly fleetClock: FleetClock
  readonly journal: Startable
  /** Records what peers did that they may not. */
  readonly security: Startable
  readonly mesh: Mesh
  /** Every other member that is known. */
  readonly members: () => readonly KnownMember[]
  readonly inventory: InventoryPublisher
  readonly links: LinksPublisher
  /** Has the mesh look after those to whom others lost their link. */
  readonly lostLinks: Startable
  /** Tells of neighbours that went silent. */
  readonly witness: Startable
  readonly status: Startable
  /** Tells the fleet what became of the node's storage. */
  readonly storageReport: Startable
  /** Tells the fleet what the safety policies decide, and hears how it wants the node to be cooled. */
  readonly safety: Startable
  /** Answers stations. */
  readonly remote: Startable
}

/** A member's place in its fleet: its records, its links and what it says there. */
export class FleetSession implements Startable {
  readonly #replica: FleetSessionDeps['replica']
  readonly #fleetClock: FleetClock
  readonly #mesh: Mesh
  readonly #members: () => readonly KnownMember[]
  readonly #inventory: InventoryPublisher
  readonly #parts: Lifecycle

  constructor({
    replica,
    fleetClock,
    revocation,
    journal,
    security,
    mesh,
    members,
    inventory,
    links,
    lostLinks,
    witness,
    status,
    storageReport,
    safety,
    remote,
  }: FleetSessionDeps) {
    this.#replica = replica
    this.#fleetClock = fleetClock
    this.#mesh = mesh
    this.#members = members
    this.#inventory = inventory
    this.#parts = new Lifecycle([
      {
        async start() {
          await replica.open()
          // What stations said was stamped when the fleet's time was known: that time has passed.
          for (const { record } of replica.entries('intent')) fleetClock.raiseFloor(record.hlc[0])
        },
        stop: () => replica.close(),
      },
      revocation,
      // Before the mesh, so that what waited to be told is the first that neighbours fetch.
      safety,
      remote,
      // Not before: what was stored is no news.
      journal,
      security,
      lostLinks,
      witness,
      // Who connects first shall find something to fetch: what the node says is written while it begins to listen. The inventory is
      // first, because others know by it that the author of the status is a member.
      sideBySide(mesh, new Lifecycle([inventory, links, status, storageReport])),
    ])
  }

  async start(): Promise<void> {
    await this.#parts.start()
    // Only now is it known where the node listens.
    await this.#inventory.refresh()
  }

  stop(): Promise<void> {
    return this.#parts.stop()
  }

  peers(): readonly MeshPeer[] {
    return this.#mesh.peers()
  }

  members(): readonly KnownMember[] {
    return this.#members()
  }

  /** The time of day as the fleet has it, while any clock is believed. */
  fleetTime(): FleetTime | undefined {
    const { ownErrorMs } = this.#fleetClock
    return ownErrorMs === undefined ? undefined : { wallMs: this.#fleetClock.wallMs(), ownErrorMs }
  }

  /** Hash of what is held. */
  digest(): string {
    return digestText(this.#replica.digest())
  }

  /** Why records cannot be stored at the moment. */
  storageProblem(): FleetError | undefined {
    return this.#replica.storageProblem
  }

  addresses(): readonly string[] {
    return this.#mesh.addresses()
  }
}

/** Starts and stops both at once; waits for both even when one fails. */
function sideBySide(a: Startable, b: Startable): Startable {
  const both = async (work: (part: Startable) => Promise<void>): Promise<void> => {
    const results = await Promise.allSettled([work(a), work(b)])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined)
      throw failed.reason instanceof Error ? failed.reason : new FleetError('INTERNAL', String(failed.reason))
  }
  return { start: () => both((part) => part.start()), stop: () => both((part) => part.stop()) }
}
