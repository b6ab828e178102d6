import type { Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import { MemberClock, type MemberClockOptions } from './member-clock.ts'
import { type Host, type Medium, Pipe } from './pipe.ts'
import { MemoryTransport, type MemoryTransportOptions } from './transport.ts'

export interface NetworkOptions {
  /** Everything that happens by chance. */
  readonly random: () => number
  /** One-way latency, ms: drawn anew for each connection, evenly between the two. Default 0.2 to 1. */
  readonly latencyMs?: readonly [least: number, most: number]
  /** Each packet takes up to so much longer, ms. Default 0. */
  readonly jitterMs?: number
  /** Share of the packets that are lost. Default 0. */
  readonly lossRatio?: number
}

export interface MemoryMemberOptions extends Partial<MemoryTransportOptions>, MemberClockOptions {}

/**
 * A network of members in one process, on a clock that may be virtual. With the same seed and the same calls the same happens, packet by
 * packet: see `trace`.
 */
export class MemoryNetwork {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #latencyMs: readonly [number, number]
  readonly #medium: Medium
  readonly #hosts = new Map<PeerIdText, MemoryTransport>()
  readonly #byAddress = new Map<string, MemoryTransport>()
  readonly #unplugged = new Set<Host>()
  readonly #stalled = new Set<Pipe>()
  /** Which side of a partition hosts are on; none while the network is whole. */
  #sides = new Map<Host, number>()
  #lossRatio: number
  #joined = 0
  #trace = 0

  constructor(clock: Clock, options: NetworkOptions) {
    this.#clock = clock
    this.#random = options.random
    this.#latencyMs = options.latencyMs ?? [0.2, 1]
    this.#lossRatio = options.lossRatio ?? 0
    const lossRatio = (): number => this.#lossRatio
    this.#medium = {
      clock,
      random: options.random,
      jitterMs: options.jitterMs ?? 0,
      get lossRatio() {
        return lossRatio()
      },
      passes: (from, to) => this.#passes(from, to),
      delivered: (from, to, bytes) => this.#note(from, to, bytes),
      stalled: (pipe) => void this.#stalled.add(pipe),
      ended: (pipe) => void this.#stalled.delete(pipe),
    }
  }

  /** Hash of everything that was delivered so far, and when. */
  get trace(): string {
    return (this.#trace >>> 0).toString(16).padStart(8, '0')
  }

  /** Adds a member; one that was there with this certificate before has its address, for it is the same machine started again. */
  join(certificate: Certificate, options: MemoryMemberOptions = {}): MemoryTransport {
    const before = this.#hosts.get(certificate.subject)
    const index = before?.index ?? ++this.#joined
    const address = `/memory/${index}`
    const transport = new MemoryTransport(
      {
        certificate,
        clock: new MemberClock(this.#clock, options),
        wiring: {
          hostAt: (at) => this.#byAddress.get(at.split('/p2p/')[0] ?? at),
          pipes: (near, far) => Pipe.pair(this.#medium, near, far, this.#latency()),
        },
      },
      { index, address },
      {
        software: options.software ?? '0.0.0-memory',
        maxLinks: options.maxLinks ?? 256,
        dialTimeoutMs: options.dialTimeoutMs ?? 2000,
      },
    )
    if (before !== undefined) this.#move(before, transport)
    this.#hosts.set(certificate.subject, transport)
    this.#byAddress.set(address, transport)
    return transport
  }

  /** From now on this share of the packets is lost, 0 to 1. */
  setLoss(ratio: number): void {
    this.#lossRatio = ratio
  }

  /** Nothing passes between members of different groups. Who is in none of them is with the first. */
  partition(...groups: ReadonlyArray<ReadonlyArray<PeerIdText>>): void {
    this.#sides = new Map(groups.flatMap((group, side) => group.map((id): [Host, number] => [this.#host(id), side])))
    this.#resume()
  }

  heal(): void {
    this.partition()
  }

  /** Pulls the plug of a member's network: it goes on, but nothing reaches it and nothing comes from it. */
  unplug(id: PeerIdText): void {
    this.#unplugged.add(this.#host(id))
  }

  plug(id: PeerIdText): void {
    this.#unplugged.delete(this.#host(id))
    this.#resume()
  }

  #passes(from: Host, to: Host): boolean {
    if (this.#unplugged.has(from) || this.#unplugged.has(to)) return false
    return (this.#sides.get(from) ?? 0) === (this.#sides.get(to) ?? 0)
  }

  #resume(): void {
    for (const pipe of [...this.#stalled]) {
      if (!this.#passes(pipe.from, pipe.to)) continue
      this.#stalled.delete(pipe)
      pipe.resume()
    }
  }

  /** The machine's cable stays as it is. */
  #move(before: Host, after: Host): void {
    const side = this.#sides.get(before)
    if (side !== undefined) this.#sides.set(after, side)
    if (this.#unplugged.has(before)) this.#unplugged.add(after)
  }

  #latency(): number {
    const [least, most] = this.#latencyMs
    return least + (most - least) * this.#random()
  }

  #host(id: PeerIdText): Host {
    const host = this.#hosts.get(id)
    if (host === undefined) throw new RangeError(`${id} has not joined this network`)
    return host
  }

  #note(from: Host, to: Host, bytes: number): void {
    for (const value of [this.#clock.monotonicMs() * 1000, from.index, to.index, bytes])
      this.#trace = Math.imul(this.#trace ^ value, 0x01000193)
  }
}
