import type { Cancel, Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText, shortIdOf } from '@wrale/protocol'
import type { EventBody } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'

const silentName = 'neighbour.silent'
const heardName = 'neighbour.heard'
const cutOffName = 'node.cut-off'
const inReachName = 'node.in-reach'

/** A link that comes back sooner is no news, ms. */
const leastSilentMs = 15_000
/** Each neighbour waits so much longer than the one before it, so that the first has told the others by then, ms. */
const turnMs = 2000
const maxTurns = 16
/** What was under way when the link broke still arrives, ms. */
const lateMs = 2000
/** A node that comes and goes is told of no more often, ms. */
const quietMs = 300_000
/** Most nodes that are waited for at once. */
const maxMissing = 256

interface Neighbour {
  readonly id: PeerIdText
  readonly name: string
  readonly role: 'node' | 'station'
}

export interface WitnessDeps {
  readonly self: PeerIdText
  readonly peers: () => readonly unknown[]
  readonly admitted: Signal<Neighbour>
  readonly lost: Signal<Neighbour & { readonly givenUp: boolean }>
  readonly records: {
    latest(author: PeerIdText, kind: 'links'): ReplicaEntry | undefined
    heardAtMs(author: PeerIdText): number | undefined
    readonly changed: Signal<ReplicaEntry>
  }
  readonly members: {
    list(): ReadonlyArray<{ readonly subject: PeerIdText }>
    resolve(shortId: Uint8Array): PeerIdText | undefined
  }
  /** Within which every member that lives has spoken, ms. */
  readonly wordMs: () => number
  readonly write: (body: EventBody) => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

interface Missing {
  readonly name: string
  readonly sinceMs: number
  readonly cancel: Cancel
}

/**
 * Tells of neighbours that went silent, so that it is on record where no station was there to see it. Neighbours of the same node take turns:
 * one tells, and those that hear of it need not. A node that has no neighbour left tells that of itself instead.
 */
export class Witness implements Startable {
  readonly #deps: WitnessDeps
  readonly #missing = new Map<PeerIdText, Missing>()
  /** Whom this node told of, and since when they were silent, monotonic ms. */
  readonly #told = new Map<PeerIdText, Pick<Missing, 'name' | 'sinceMs'>>()
  readonly #toldAtMs = new Map<PeerIdText, number>()
  #cutOffSinceMs: number | undefined
  #unsubscribes: Unsubscribe[] = []

  constructor(deps: WitnessDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    if (this.#unsubscribes.length > 0) return
    const { admitted, lost, records } = this.#deps
    this.#unsubscribes = [
      lost.subscribe((peer) => this.#lost(peer)),
      admitted.subscribe(({ id }) => this.#met(id)),
      records.changed.subscribe((entry) => this.#hear(entry)),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribes.splice(0)) unsubscribe()
    for (const { cancel } of this.#missing.values()) cancel()
    this.#missing.clear()
    this.#told.clear()
    this.#toldAtMs.clear()
    this.#cutOffSinceMs = undefined
  }

  #lost({ id, name, role, givenUp }: Neighbour & { readonly givenUp: boolean }): void {
    // Stations are laptops: they leave.
    if (givenUp || role !== 'node' || this.#missing.has(id) || this.#missing.size >= maxMissing) return
    const { clock, wordMs } = this.#deps
    const afterMs = Math.max(leastSilentMs, wordMs()) + this.#turnOf(id) * turnMs
    const cancel = clock.schedule(afterMs, () => this.#judge(id))
    this.#missing.set(id, { name, sinceMs: clock.monotonicMs(), cancel })
  }

  /** This node's place among those that the lost one was linked to. */
  #turnOf(id: PeerIdText): number {
    const { records, self } = this.#deps
    const own = Buffer.from(shortIdOf(self)).toString('hex')
    const before = linksOf(records.latest(id, 'links')).filter((peer) => Buffer.from(peer).toString('hex') < own)
    return Math.min(before.length, maxTurns)
  }

  #judge(id: PeerIdText): void {
    const missing = this.#missing.get(id)
    this.#missing.delete(id)
    if (missing === undefined) return
    const { clock, peers } = this.#deps
    const { name, sinceMs } = missing
    if (peers().length === 0) {
      this.#cutOff(sinceMs)
      return
    }
    if (this.#isSeen(id, sinceMs)) return
    const nowMs = clock.monotonicMs()
    const lastMs = this.#toldAtMs.get(id)
    if (lastMs !== undefined && nowMs - lastMs < quietMs) return
    this.#toldAtMs.set(id, nowMs)
    this.#told.set(id, { name, sinceMs })
    const message = `${name} went silent: no link to it and no word from it for ${seconds(nowMs - sinceMs)} s`
    this.#tell({ name: silentName, severity: 'warning', message, data: { about: id } })
  }

  /** By its own word, or by that of a member that was heard after the link broke and still has one. */
  #isSeen(id: PeerIdText, sinceMs: number): boolean {
    const { members, records, self } = this.#deps
    const spokeSince = (member: PeerIdText): boolean => (records.heardAtMs(member) ?? -Infinity) > sinceMs + lateMs
    if (spokeSince(id)) return true
    return members.list().some(({ subject }) => {
      if (subject === self || subject === id || !spokeSince(subject)) return false
      return linksOf(records.latest(subject, 'links')).some((peer) => members.resolve(peer) === id)
    })
  }

  #cutOff(sinceMs: number): void {
    if (this.#cutOffSinceMs !== undefined) return
    this.#cutOffSinceMs = sinceMs
    this.#tell({ name: cutOffName, severity: 'warning', message: 'No other member of the fleet is in reach' })
  }

  #met(id: PeerIdText): void {
    this.#missing.get(id)?.cancel()
    this.#missing.delete(id)
    if (this.#cutOffSinceMs !== undefined) {
      const forMs = this.#deps.clock.monotonicMs() - this.#cutOffSinceMs
      this.#cutOffSinceMs = undefined
      const message = `The fleet is in reach again, after ${seconds(forMs)} s`
      this.#tell({ name: inReachName, severity: 'info', message, data: { seconds: seconds(forMs) } })
    }
    this.#back(id)
  }

  #hear({ record, heardAtMonotonicMs }: ReplicaEntry): void {
    const { self } = this.#deps
    if (record.author === self) return
    const told = this.#told.get(record.author)
    if (told !== undefined && heardAtMonotonicMs > told.sinceMs + lateMs) this.#back(record.author)
    if (record.kind !== 'event' || record.body.name !== silentName) return
    const about = peerIdSchema.safeParse(record.body.data?.['about'])
    const missing = about.success ? this.#missing.get(about.data) : undefined
    if (about.success && missing !== undefined && heardAtMonotonicMs > missing.sinceMs) {
      missing.cancel()
      this.#missing.delete(about.data)
    }
  }

  #back(id: PeerIdText): void {
    const told = this.#told.get(id)
    if (told === undefined) return
    this.#told.delete(id)
    const silent = seconds(this.#deps.clock.monotonicMs() - told.sinceMs)
    const message = `${told.name} is heard again, after ${silent} s`
    this.#tell({ name: heardName, severity: 'info', message, data: { about: id, seconds: silent } })
  }

  #tell(body: EventBody): void {
    this.#deps.write(body).catch((error: unknown) => {
      this.#deps.logger.error('what was seen of the fleet could not be recorded', { name: body.name, error })
    })
  }
}

function linksOf(entry: ReplicaEntry | undefined): readonly Uint8Array[] {
  const record = entry?.record
  return record?.kind === 'links' ? record.body.links.map(({ peer }) => peer) : []
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}
