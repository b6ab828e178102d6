import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { Mesh, MeshPeer } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Node, NodeDetail, NodeState } from '@wrale/protocol/api'
import { memberObjectType } from '@wrale/protocol/membership'
import type { RecordBodies, RecordKind } from '@wrale/protocol/records'
import type { Certificate } from '@wrale/protocol/signing'
import type { ReplicaEntry } from '@wrale/replica'
import { assess, type Contact, type Ground } from './assess.ts'
import type { LinkChange, LinkedPeer, LinkGraph } from './link-graph.ts'
import { SightingBook, type WitnessState } from './sightings.ts'
import type { StateMemory } from './state-memory.ts'
import { type KnownMember, nodeDetailView, type NodeKnowledge, nodeView } from './view.ts'

/** What is read of the replica. */
export interface RecordSource {
  latest(author: PeerIdText, kind: RecordKind): ReplicaEntry | undefined
  /** When an author was last heard saying something that is held, monotonic ms. */
  heardAtMs(author: PeerIdText): number | undefined
  entries(kind?: RecordKind): Iterable<ReplicaEntry>
  /** Put out of the fleet: no node of it any more. */
  isOut(id: PeerIdText): boolean
  readonly changed: Signal<ReplicaEntry>
}

/** Members whose key is in use in two places, and where. */
export interface CloneSource {
  clonedAt(id: PeerIdText): readonly string[]
  readonly changed: Signal<PeerIdText>
}

export interface InventoryDeps {
  readonly self: KnownMember & { readonly id: PeerIdText }
  readonly records: RecordSource
  readonly mesh: Pick<Mesh, 'peerAdmitted'> & { peers(): readonly LinkedPeer[] }
  /** Started before this. */
  readonly graph: Pick<LinkGraph, 'linksChanged' | 'reachChanged' | 'reaches' | 'leftAtMs' | 'told' | 'sides'>
  readonly members: { get(id: PeerIdText): Certificate | undefined; list(): readonly Certificate[] }
  readonly clones: CloneSource
  /** Whether this station itself seems to be cut off. */
  readonly link: { readonly isolated: boolean }
  readonly memory: StateMemory
  readonly clock: Clock
  readonly logger: Logger
}

export interface InventoryOptions {
  /** Between two looks for words that ran out, ms. Default 500. */
  readonly tickMs?: number
  /** Time after the start in which silence is not held against a node, ms. Default 5000. */
  readonly settleMs?: number
}

interface Entry {
  readonly id: PeerIdText
  readonly book: SightingBook
  state: NodeState
  ground: Ground
  stateSinceWallMs: number
  clockErrorMs: number | undefined
  /** Built when asked for; dropped when what it shows changed. */
  view: Node | undefined
}

/** Every node of the fleet, present or not, as this station sees it: a projection of records, links and time. */
export class Inventory implements Startable {
  readonly changed: Signal<readonly PeerIdText[]>
  readonly #deps: InventoryDeps
  readonly #tickMs: number
  readonly #settleMs: number
  readonly #entries = new Map<PeerIdText, Entry>()
  readonly #changed = new Emitter<readonly PeerIdText[]>()
  readonly #dirty = new Set<PeerIdText>()
  #settledAtMs = Infinity
  #stops: Array<() => unknown> = []

  constructor(deps: InventoryDeps, options: InventoryOptions = {}) {
    this.#deps = deps
    this.#tickMs = options.tickMs ?? 500
    this.#settleMs = options.settleMs ?? 5000
    this.changed = this.#changed
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { records, mesh, members, graph, clones, clock, logger } = this.#deps
    this.#settledAtMs = clock.monotonicMs() + this.#settleMs
    this.#stops = [
      records.changed.subscribe((entry) => this.#recordChanged(entry)),
      mesh.peerAdmitted.subscribe((peer) => this.#peerAdmitted(peer)),
      graph.linksChanged.subscribe((changes) => this.#linksChanged(changes)),
      graph.reachChanged.subscribe((ids) => this.#reachChanged(ids)),
      clones.changed.subscribe((id) => this.#clonesChanged(id)),
    ]
    for (const { role, subject } of members.list()) if (role === 'node') this.#entryOf(subject)
    for (const { record } of records.entries()) this.#entryOf(record.author)
    this.#linksChanged(graph.sides())
    for (const peer of mesh.peers()) this.#peerAdmitted(peer)
    const onError = (error: unknown): void => logger.error('the inventory could not be brought up to date', { error })
    this.#stops.push(repeat(clock, this.#tickMs, () => this.#tick(), onError))
  }

  async stop(): Promise<void> {
    const stops = this.#stops
    this.#stops = []
    for (const stop of stops) await stop()
  }

  /** Makes a member known that has not been heard yet. */
  noteMember(id: PeerIdText): void {
    this.#entryOf(id)
    this.#emitDirty()
  }

  nodes(): Node[] {
    return [...this.#entries.values()].map((entry) => this.#viewOf(entry))
  }

  node(id: PeerIdText): Node | undefined {
    const entry = this.#entries.get(id)
    return entry === undefined ? undefined : this.#viewOf(entry)
  }

  detail(id: PeerIdText): NodeDetail | undefined {
    const entry = this.#entries.get(id)
    return entry === undefined ? undefined : nodeDetailView(this.#knowledgeOf(entry))
  }

  counts(): Record<NodeState, number> {
    const counts = { ok: 0, warn: 0, fail: 0, stale: 0, lost: 0, unknown: 0 }
    for (const { state } of this.#entries.values()) counts[state] += 1
    return counts
  }

  /** The entry of a node, made when it is not there yet; undefined for stations, for who was put out, and for whom no certificate tells which of these it is. */
  #entryOf(id: PeerIdText): Entry | undefined {
    const known = this.#entries.get(id)
    if (known !== undefined) return known
    const { self, members, records, clock } = this.#deps
    if (id === self.id || records.isOut(id) || members.get(id)?.role !== 'node') return undefined
    const entry: Entry = {
      id,
      book: new SightingBook(),
      state: 'unknown',
      ground: 'never-heard',
      stateSinceWallMs: clock.wallMs(),
      clockErrorMs: undefined,
      view: undefined,
    }
    this.#entries.set(id, entry)
    this.#enter(entry, entry.state)
    this.#assess(entry)
    return entry
  }

  #recordChanged({ record }: ReplicaEntry): void {
    if (record.kind === 'intent' && record.body.object.type === memberObjectType) this.#leaveOut()
    const entry = this.#entryOf(record.author)
    if (entry !== undefined) {
      this.#assess(entry)
      // What it says of its links shows on others.
      if (record.kind !== 'links') this.#touch(entry)
    }
    this.#emitDirty()
  }

  /** Whoever was put out is no node of the fleet any more. */
  #leaveOut(): void {
    for (const { id } of this.#entries.values()) {
      if (!this.#deps.records.isOut(id)) continue
      this.#entries.delete(id)
      this.#dirty.add(id)
    }
  }

  #clonesChanged(id: PeerIdText): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#touch(entry)
    this.#assess(entry)
    this.#emitDirty()
  }

  #peerAdmitted(peer: MeshPeer): void {
    if (peer.role !== 'node') return
    const entry = this.#entryOf(peer.id)
    if (entry === undefined) return
    entry.clockErrorMs = peer.clockErrorMs
    this.#touch(entry)
    this.#emitDirty()
  }

  #linksChanged(changes: readonly LinkChange[]): void {
    for (const { by, to, measured, upAtMs } of changes) {
      const entry = this.#entryOf(to)
      const isNews = measured === undefined ? entry?.book.gone(by, upAtMs) : entry?.book.linked(by, measured)
      if (entry !== undefined && isNews === true) this.#touch(entry)
    }
    this.#emitDirty()
  }

  #reachChanged(ids: readonly PeerIdText[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry !== undefined) this.#assess(entry)
      // What a member out of reach said of others counts no more.
      for (const to of this.#deps.graph.told(id)?.links.keys() ?? []) {
        const other = this.#entries.get(to)
        if (other !== undefined) this.#touch(other)
      }
    }
    this.#emitDirty()
  }

  /** How far the word of a member on its links can be taken now. */
  #witness(by: PeerIdText, nowMs: number): WitnessState {
    const { self, graph, records } = this.#deps
    if (by === self.id) return { believed: true, heardAtMs: nowMs }
    return { believed: graph.reaches(by), heardAtMs: records.heardAtMs(by) ?? -Infinity }
  }

  #tick(): void {
    for (const entry of this.#entries.values()) this.#assess(entry)
    this.#emitDirty()
  }

  #touch(entry: Entry): void {
    entry.view = undefined
    this.#dirty.add(entry.id)
  }

  #emitDirty(): void {
    if (this.#dirty.size === 0) return
    const ids = [...this.#dirty]
    this.#dirty.clear()
    this.#changed.emit(ids)
  }

  /** Brings the state up to date. */
  #assess(entry: Entry): void {
    const { clock, clones, graph, link, records } = this.#deps
    const nowMs = clock.monotonicMs()
    const heard = records.latest(entry.id, 'status')
    const body = bodyOf(heard, 'status')
    const word =
      heard === undefined || body === undefined
        ? undefined
        : { atMs: heard.heardAtMonotonicMs, intervalMs: body.intervalMs, state: body.state }
    const contact: Contact = graph.reaches(entry.id)
      ? { reached: true }
      : { reached: false, since: graph.leftAtMs(entry.id) }
    const facts = {
      word,
      contact,
      heardAtMs: records.heardAtMs(entry.id),
      lost: entry.state === 'lost',
      cloned: clones.clonedAt(entry.id).length > 0,
    }
    const station = { isolated: link.isolated, settling: nowMs < this.#settledAtMs }
    const { state, ground } = assess(facts, station, nowMs)
    if (ground !== entry.ground) {
      entry.ground = ground
      this.#touch(entry)
    }
    if (state !== entry.state) this.#enter(entry, state)
  }

  #enter(entry: Entry, state: NodeState): void {
    const { clock, memory } = this.#deps
    const remembered = memory.recall(entry.id)
    entry.state = state
    entry.stateSinceWallMs = remembered?.state === state ? remembered.sinceWallMs : clock.wallMs()
    // What silence makes of a node while the station is still finding its peers is not worth remembering.
    const settled = clock.monotonicMs() >= this.#settledAtMs
    if (settled || entry.ground === 'own-words') memory.remember(entry.id, state, entry.stateSinceWallMs)
    this.#touch(entry)
  }

  #viewOf(entry: Entry): Node {
    return (entry.view ??= nodeView(this.#knowledgeOf(entry)))
  }

  #knowledgeOf(entry: Entry): NodeKnowledge {
    const { clones, graph, records, clock } = this.#deps
    const heard = records.latest(entry.id, 'status')
    const body = bodyOf(heard, 'status')
    const nowMs = clock.monotonicMs()
    const wallMs = clock.wallMs()
    return {
      id: entry.id,
      name: this.#memberOf(entry.id)?.name ?? entry.id.slice(-8),
      status: heard === undefined || body === undefined ? undefined : { body, heardAtWallMs: heard.heardAtWallMs },
      inventory: bodyOf(records.latest(entry.id, 'inventory'), 'inventory'),
      links: graph.told(entry.id)?.links,
      sightings: entry.book
        .weigh((by) => this.#witness(by, nowMs))
        .map((sighting) => ({ ...sighting, atWallMs: wallMs - (nowMs - sighting.atMs) })),
      state: entry.state,
      ground: entry.ground,
      stateSinceWallMs: entry.stateSinceWallMs,
      clockErrorMs: entry.clockErrorMs,
      clonedAt: clones.clonedAt(entry.id),
      memberOf: (id) => this.#memberOf(id),
    }
  }

  #memberOf(id: PeerIdText): KnownMember | undefined {
    const { self, records, members } = this.#deps
    if (id === self.id) return self
    const certificate = members.get(id)
    const name = bodyOf(records.latest(id, 'inventory'), 'inventory')?.name ?? certificate?.name
    return name === undefined ? undefined : { name, role: certificate?.role ?? 'node' }
  }
}

function bodyOf<K extends RecordKind>(entry: ReplicaEntry | undefined, kind: K): RecordBodies[K] | undefined {
  return entry?.record.kind === kind ? (entry.record.body as RecordBodies[K]) : undefined
}
