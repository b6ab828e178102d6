import { type Clock, Emitter, type Signal, type Startable } from '@wrale/kernel'
import type { Mesh, MeshPeer } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Link } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'

/** A peer as the mesh may describe it: what is not measured is absent. */
export type LinkedPeer = MeshPeer & { readonly lossRatio?: number; readonly heardAgoMs?: number }

/** What one side measured of a link. */
export type Measured = Pick<Link, 'rttMs' | 'lossRatio'>

/** What a member said last about its links. */
export interface Told {
  /** When it was heard, by this station's monotonic clock, ms. */
  readonly atMs: number
  readonly atWallMs: number
  /** Members that are not known here are left out. */
  readonly links: ReadonlyMap<PeerIdText, Measured>
}

export interface LinkGraphDeps {
  readonly self: PeerIdText
  readonly records: {
    latest(author: PeerIdText, kind: 'links'): ReplicaEntry | undefined
    entries(kind: 'links'): Iterable<ReplicaEntry>
    readonly changed: Signal<ReplicaEntry>
  }
  readonly mesh: Pick<Mesh, 'peerAdmitted' | 'peerLost'> & { peers(): readonly LinkedPeer[] }
  readonly members: { resolve(shortId: Uint8Array): PeerIdText | undefined }
  readonly clock: Clock
}

/** One side of a link that came up, or ended. */
export interface LinkChange {
  readonly by: PeerIdText
  readonly to: PeerIdText
  /** Undefined when it ended. */
  readonly measured: Measured | undefined
  /** Latest time at which it is known to have been up, this station's monotonic clock, ms. */
  readonly upAtMs: number
}

interface Heard {
  readonly told: Told
  /** Every short id in it was found. */
  readonly complete: boolean
}

/**
 * Who is linked to whom: the station's own links, and what members say of theirs. A member is believed as long as the station reaches it, over
 * its own links or over those of members that it reaches: what a member that is gone said of others counts no more, nor what they said of it
 * when they went together.
 */
export class LinkGraph implements Startable {
  /** One side's word on links: they came, ended, or were measured anew. */
  readonly linksChanged: Signal<readonly LinkChange[]>
  /** Members that came into reach or went out of it. */
  readonly reachChanged: Signal<readonly PeerIdText[]>
  readonly #deps: LinkGraphDeps
  readonly #heard = new Map<PeerIdText, Heard>()
  readonly #linksChanged = new Emitter<readonly LinkChange[]>()
  readonly #reachChanged = new Emitter<readonly PeerIdText[]>()
  readonly #leftAtMs = new Map<PeerIdText, number>()
  #reached: ReadonlySet<PeerIdText> = new Set()
  #stops: Array<() => void> = []

  constructor(deps: LinkGraphDeps) {
    this.#deps = deps
    this.linksChanged = this.#linksChanged
    this.reachChanged = this.#reachChanged
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { self, records, mesh, clock } = this.#deps
    for (const entry of records.entries('links')) this.#hear(entry)
    this.#stops = [
      records.changed.subscribe((entry) => {
        if (entry.record.author === self) return
        if (entry.record.kind === 'links') this.#hear(entry)
        // A certificate came: short ids that meant nobody may mean this member.
        else if (entry.record.kind !== 'inventory' || !this.#resolveRest()) return
        this.#reach()
      }),
      mesh.peerAdmitted.subscribe((peer) => {
        this.#linksChanged.emit([this.#ownSide(peer)])
        this.#reach()
      }),
      mesh.peerLost.subscribe(({ id, heardAgoMs }: LinkedPeer) => {
        const upAtMs = clock.monotonicMs() - (heardAgoMs ?? 0)
        this.#linksChanged.emit([{ by: self, to: id, measured: undefined, upAtMs }])
        this.#reach()
      }),
    ]
    this.#reach()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#stops = []
  }

  /** What a member said last about its links, believed or not. */
  told(id: PeerIdText): Told | undefined {
    return this.#heard.get(id)?.told
  }

  /** Every side of every link, as it was told last. */
  sides(): LinkChange[] {
    const own = this.#deps.mesh.peers().map((peer) => this.#ownSide(peer))
    return [...this.#heard].reduce((sides, [by, { told }]) => sides.concat(sidesOf(by, told)), own)
  }

  /** Whether there is a way to the member, by the word of members to which there is one. */
  reaches(id: PeerIdText): boolean {
    return this.#reached.has(id)
  }

  /** When the member went out of reach, monotonic ms; undefined for one that never was in reach. */
  leftAtMs(id: PeerIdText): number | undefined {
    return this.#leftAtMs.get(id)
  }

  #ownSide(peer: LinkedPeer): LinkChange {
    const { self, clock } = this.#deps
    return { by: self, to: peer.id, measured: measuredOf(peer), upAtMs: clock.monotonicMs() - (peer.heardAgoMs ?? 0) }
  }

  #hear({ record, heardAtMonotonicMs, heardAtWallMs }: ReplicaEntry): void {
    if (record.kind !== 'links') return
    const links = new Map<PeerIdText, Measured>()
    let complete = true
    for (const { peer, ...measured } of record.body.links) {
      const id = this.#deps.members.resolve(peer)
      if (id === undefined) complete = false
      else if (id !== record.author) links.set(id, measured)
    }
    const by = record.author
    const before = this.#heard.get(by)?.told.links
    const told: Told = { atMs: heardAtMonotonicMs, atWallMs: heardAtWallMs, links }
    this.#heard.set(by, { told, complete })
    const ended = [...(before?.keys() ?? [])].filter((to) => !links.has(to))
    this.#linksChanged.emit([
      ...sidesOf(by, told),
      ...ended.map((to) => ({ by, to, measured: undefined, upAtMs: told.atMs })),
    ])
  }

  /** @returns whether there was anything to resolve */
  #resolveRest(): boolean {
    const incomplete = [...this.#heard].filter(([, { complete }]) => !complete)
    for (const [author] of incomplete) {
      const entry = this.#deps.records.latest(author, 'links')
      if (entry !== undefined) this.#hear(entry)
    }
    return incomplete.length > 0
  }

  #reach(): void {
    const { self, mesh, clock } = this.#deps
    const reached = new Set<PeerIdText>([self])
    const look = mesh.peers().map(({ id }) => id)
    for (let id = look.pop(); id !== undefined; id = look.pop()) {
      if (reached.has(id)) continue
      reached.add(id)
      look.push(...(this.#heard.get(id)?.told.links.keys() ?? []))
    }
    const before = this.#reached
    this.#reached = reached
    const left = [...before].filter((id) => !reached.has(id))
    for (const id of left) this.#leftAtMs.set(id, clock.monotonicMs())
    const moved = [...left, ...[...reached].filter((id) => !before.has(id))]
    if (moved.length > 0) this.#reachChanged.emit(moved)
  }
}

function sidesOf(by: PeerIdText, { links, atMs }: Told): LinkChange[] {
  return [...links].map(([to, measured]) => ({ by, to, measured, upAtMs: atMs }))
}

function measuredOf({ rttMs, lossRatio }: LinkedPeer): Measured {
  return { ...(rttMs === undefined ? {} : { rttMs }), ...(lossRatio === undefined ? {} : { lossRatio }) }
}
