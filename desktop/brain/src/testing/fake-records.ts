import { type Clock, Emitter } from '@wrale/kernel'
import { type PeerIdText, shortIdOf } from '@wrale/protocol'
import type { FleetRecord, InventoryBody, Link, RecordBodies, RecordKind, StatusBody } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'
import type { RecordSource } from '../features/inventory/inventory.ts'

/** The replica as the features see it: what each author said last, and when. */
export class FakeRecords implements RecordSource {
  readonly changed = new Emitter<ReplicaEntry>()
  readonly #clock: Clock
  readonly #out = new Set<PeerIdText>()
  readonly #entries = new Map<string, ReplicaEntry>()
  #seq = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isOut(id: PeerIdText): boolean {
    return this.#out.has(id)
  }

  /** A station says that this member is put out. */
  putOut(id: PeerIdText, by: PeerIdText): void {
    this.#out.add(id)
    this.#put(by, 'intent', { object: { type: 'member', id }, set: { revokedAfter: this.#seq }, seen: {} }, 0)
  }

  latest(author: PeerIdText, kind: RecordKind): ReplicaEntry | undefined {
    return this.#entries.get(`${author}/${kind}`)
  }

  heardAtMs(author: PeerIdText): number | undefined {
    const heard = [...this.#entries.values()].filter(({ record }) => record.author === author)
    return heard.length === 0 ? undefined : Math.max(...heard.map(({ heardAtMonotonicMs }) => heardAtMonotonicMs))
  }

  *entries(kind?: RecordKind): Iterable<ReplicaEntry> {
    for (const entry of this.#entries.values()) if (kind === undefined || entry.record.kind === kind) yield entry
  }

  /** @param agoMs how long ago the author was heard */
  say(author: PeerIdText, body: Partial<StatusBody> = {}, agoMs = 0): void {
    this.#put(author, 'status', { intervalMs: 5000, state: 'ok', reasons: [], readings: {}, ...body }, agoMs)
  }

  /** The author says to whom it is linked. */
  links(author: PeerIdText, to: readonly PeerIdText[], measured: Omit<Link, 'peer'> = {}): void {
    this.#put(author, 'links', { links: to.map((id) => ({ peer: shortIdOf(id), ...measured })) }, 0)
  }

  describe(author: PeerIdText, body: Partial<InventoryBody> & { name: string }): void {
    const inventory: InventoryBody = {
      certificate: new Uint8Array([1]),
      simulated: true,
      software: '0.1.0',
      hardware: { model: 'Test board', architecture: 'arm64', cores: 4, memoryBytes: 2 ** 30 },
      system: { hostname: body.name, os: 'Debian', kernel: '6.12', node: 'v24' },
      addresses: [],
      parts: [],
      ...body,
    }
    this.#put(author, 'inventory', inventory, 0)
  }

  #put(author: PeerIdText, kind: RecordKind, body: RecordBodies[RecordKind], agoMs: number): void {
    const header = {
      kind,
      seq: ++this.#seq,
      prev: 0,
      hlc: [0, 0] as [number, number],
      author,
      sealed: new Uint8Array(),
    }
    const entry: ReplicaEntry = {
      record: { ...header, body } as FleetRecord,
      heardAtMonotonicMs: this.#clock.monotonicMs() - agoMs,
      heardAtWallMs: this.#clock.wallMs() - agoMs,
    }
    this.#entries.set(`${author}/${kind}`, entry)
    this.changed.emit(entry)
  }
}
