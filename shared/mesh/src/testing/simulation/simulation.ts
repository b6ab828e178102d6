import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { MemoryNetwork } from '../../transport/memory/network.ts'
import { seededRandom } from '../../transport/memory/seeded-random.ts'
import type { Traffic } from '../../transport/memory/traffic.ts'
import { virtualCertificate } from '../../transport/memory/virtual-certificate.ts'
import type { MeshTuning } from '../../tuning.ts'
import { type MemoryMember, memoryMember } from '../memory-member.ts'
import { type Arrival, keyOf, type VirtualFleet, VirtualReplica } from './virtual-replica.ts'

export interface SimulationOptions {
  readonly members: number
  /** How many of the members are stations. Default 1. */
  readonly stations?: number
  /** Equal seeds and calls give equal runs, packet by packet. */
  readonly seed: number
  /** Share of the packets that are lost. Default 0. */
  readonly lossRatio?: number
  /** One-way latency of a link, drawn evenly between the two, ms. Default 1 to 10. */
  readonly latencyMs?: readonly [least: number, most: number]
  /** Length of a status, bytes. Default 350. */
  readonly statusBytes?: number
  readonly tuning?: Partial<MeshTuning>
}

/** Members are started within so many ms. */
const startWithinMs = 2000
/** A record of links: its length without links and for each, bytes. */
const linksBytes = { base: 130, perLink: 14 }
/** A member tells at once of a link that it lost, but not more often than this, ms. Other changes wait for the next status. */
const linksDelayMs = { lost: 200, gap: 2000 }
/** Statuses after which links are told of in any case. */
const statusesPerLinks = 10

interface SimulatedMember extends MemoryMember {
  readonly replica: VirtualReplica
  readonly links: { dueMs: number; writtenMs: number; cancel: () => void }
}

/** How often a member of such a fleet writes its status, ms. */
export function statusIntervalMs(members: number): number {
  return Math.min(300_000, Math.max(5000, 1500 * members))
}

/**
 * A fleet on a virtual network in virtual time: the members run the code that runs in the field, from the link up, and write as much as real
 * ones do. What a member writes of lost links makes others look at theirs, as in the processes of nodes and stations.
 */
export class Simulation {
  readonly clock = new VirtualClock()
  readonly network: MemoryNetwork
  readonly members: readonly SimulatedMember[]
  readonly #options: Required<Omit<SimulationOptions, 'tuning' | 'lossRatio' | 'latencyMs'>>
  readonly #random: () => number
  readonly #arrivals = new Map<string, Array<number | undefined>>()
  readonly #writtenMs = new Map<string, number>()
  readonly #indexes = new Map<string, number>()

  constructor(options: SimulationOptions) {
    this.#options = { stations: 1, statusBytes: 350, ...options }
    const { members, stations, seed } = this.#options
    this.#random = seededRandom(seed)
    this.network = new MemoryNetwork(this.clock, {
      random: seededRandom(seed + 1),
      latencyMs: options.latencyMs ?? [1, 10],
      jitterMs: 1,
      lossRatio: options.lossRatio ?? 0,
    })
    const certificates = Array.from({ length: members }, (_, index) =>
      virtualCertificate(index, index < stations ? 'station' : 'node'),
    )
    const fleet: VirtualFleet = {
      ids: certificates.map(({ subject }) => subject),
      indexOf: this.#indexes,
      addresses: certificates.map((_, index) => `/memory/${index + 1}`),
      roles: certificates.map(({ role }) => role),
      revoked: new Set(),
      written: new Map(),
    }
    for (const [index, id] of fleet.ids.entries()) this.#indexes.set(id, index)
    this.members = certificates.map((certificate, index) => {
      const replica = new VirtualReplica(index, fleet, this.clock)
      const random = seededRandom(seed + 1000 + index)
      const made = memoryMember(this.network, { certificate, replica, random, tuning: options.tuning ?? {} })
      replica.arrived.subscribe((arrival) => this.#arrived(index, arrival))
      const calmMs = statusIntervalMs(members)
      made.mesh.peerLost.subscribe(({ givenUp }) => this.#linksChanged(index, givenUp ? calmMs : linksDelayMs.lost))
      made.mesh.peerAdmitted.subscribe(() => this.#linksChanged(index, calmMs))
      return { ...made, replica, links: { dueMs: Infinity, writtenMs: -Infinity, cancel: () => undefined } }
    })
  }

  /** Starts everyone, and lets `ms` pass. */
  async start(ms: number): Promise<void> {
    for (const [index, member] of this.members.entries()) {
      this.clock.schedule(this.#random() * startWithinMs, () => {
        void member.mesh.start()
      })
      this.clock.schedule(startWithinMs + this.#random() * statusIntervalMs(this.members.length), () =>
        this.#writeStatus(index, 1),
      )
    }
    await this.pass(ms)
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
  }

  async stop(): Promise<void> {
    for (const { mesh } of this.members) await mesh.stop()
  }

  /** How many of the members are stations; they are the first. */
  get stations(): number {
    return this.#options.stations
  }

  /** Hash of everything that was delivered so far, and when. */
  get trace(): string {
    return this.network.trace
  }

  id(index: number): PeerIdText {
    return this.#member(index).transport.self
  }

  /** A member writes an event. @returns when it came to each member, ms after it was written; undefined where it did not yet */
  writeEvent(index: number, bytes = 250): ReadonlyArray<number | undefined> {
    const arrivals: Array<number | undefined> = Array.from({ length: this.members.length })
    const record = this.#member(index).replica.write('event', bytes)
    this.#arrivals.set(keyOf(record), arrivals)
    arrivals[index] = 0
    const writtenMs = this.clock.monotonicMs()
    this.#writtenMs.set(keyOf(record), writtenMs)
    return arrivals
  }

  traffic(): Traffic[] {
    return this.members.map(({ transport }) => transport.traffic.read())
  }

  /** Members that have a link to this one. */
  linkedTo(index: number): number[] {
    const id = this.id(index)
    return this.members.flatMap(({ transport }, other) => (transport.link(id) === undefined ? [] : [other]))
  }

  /** Whether links lead from everyone to everyone. */
  get isConnected(): boolean {
    const reached = new Set([0])
    for (const index of reached)
      for (const { id } of this.#member(index).transport.links()) {
        const next = this.#indexes.get(id)
        if (next !== undefined) reached.add(next)
      }
    return reached.size === this.members.length
  }

  #arrived(index: number, { record, linksBefore }: Arrival): void {
    const key = keyOf(record)
    const arrivals = this.#arrivals.get(key)
    if (arrivals !== undefined) arrivals[index] ??= this.clock.monotonicMs() - (this.#writtenMs.get(key) ?? 0)
    if (record.kind !== 'links') return
    for (const lost of linksBefore) if (!record.links.includes(lost)) this.#member(index).mesh.suspect(this.id(lost))
  }

  #writeStatus(index: number, count: number): void {
    const { replica, transport } = this.#member(index)
    replica.write('status', this.#options.statusBytes)
    if (count % statusesPerLinks === 0) this.#writeLinks(index)
    const intervalMs = statusIntervalMs(this.members.length)
    transport.clock.schedule(intervalMs * (0.95 + 0.1 * this.#random()), () => this.#writeStatus(index, count + 1))
  }

  #linksChanged(index: number, withinMs: number): void {
    const { links: pending, transport } = this.#member(index)
    const nowMs = this.clock.monotonicMs()
    const dueMs = Math.max(nowMs + withinMs, pending.writtenMs + linksDelayMs.gap)
    if (pending.dueMs <= dueMs) return
    pending.cancel()
    pending.dueMs = dueMs
    pending.cancel = transport.clock.schedule(dueMs - nowMs, () => this.#writeLinks(index))
  }

  #writeLinks(index: number): void {
    const { links: pending, transport, replica } = this.#member(index)
    pending.cancel()
    pending.dueMs = Infinity
    pending.writtenMs = this.clock.monotonicMs()
    const links = transport.links().map(({ id }) => this.#indexes.get(id) ?? 0)
    replica.write('links', linksBytes.base + linksBytes.perLink * links.length, links.slice(0, 255))
  }

  #member(index: number): SimulatedMember {
    const member = this.members[index]
    if (member === undefined) throw new RangeError(`there is no member ${index}`)
    return member
  }
}
