import { Emitter, FleetError, type Signal, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import { conflict, prefersOwn } from '../prefers-own.ts'
import type { DialTarget, Link, ProtocolHandler, Transport } from '../transport.ts'
import { Dial } from './dial.ts'
import { MemoryLink } from './link.ts'
import type { MemberClock } from './member-clock.ts'
import type { Host, Pipe } from './pipe.ts'
import { TrafficCounter } from './traffic.ts'

/** What a member shows of itself in its hello. */
export interface Introduction {
  readonly certificate: Certificate
  readonly software: string
  readonly wallMs: number
  readonly address: string
}

export interface MemoryTransportOptions {
  readonly software: string
  /** Most links at once; further ones are refused with RATE_LIMITED. */
  readonly maxLinks: number
  /** In which a dial must be through, ms. */
  readonly dialTimeoutMs: number
}

/** The network as a member's transport needs it. */
export interface Wiring {
  hostAt(address: string): MemoryTransport | undefined
  pipes(near: Host, far: Host): [out: Pipe, back: Pipe]
}

/** A member's transport on a network in memory. */
export class MemoryTransport implements Transport, Host {
  readonly self: PeerIdText
  readonly index: number
  readonly address: string
  readonly clock: MemberClock
  readonly traffic = new TrafficCounter()
  readonly certificate: Certificate
  readonly #wiring: Wiring
  readonly #options: MemoryTransportOptions
  readonly #links = new Map<PeerIdText, MemoryLink>()
  readonly #handlers = new Map<string, ProtocolHandler>()
  readonly #dials = new Map<MemoryTransport, Dial>()
  readonly #opened = new Emitter<Link>()
  readonly #closed = new Emitter<Link>()
  readonly opened: Signal<Link> = this.#opened
  readonly closed: Signal<Link> = this.#closed
  #refusal: (peer: PeerIdText) => FleetError | undefined = () => undefined
  #listening = false

  constructor(
    deps: { readonly wiring: Wiring; readonly clock: MemberClock; readonly certificate: Certificate },
    place: { readonly index: number; readonly address: string },
    options: MemoryTransportOptions,
  ) {
    this.#wiring = deps.wiring
    this.clock = deps.clock
    this.certificate = deps.certificate
    this.self = deps.certificate.subject
    this.index = place.index
    this.address = place.address
    this.#options = options
  }

  /** Whether it takes connections. */
  get listening(): boolean {
    return this.#listening
  }

  async start(): Promise<void> {
    this.#listening = true
  }

  async stop(): Promise<void> {
    this.#listening = false
    const why = new FleetError('ABORTED', 'this member is stopping')
    for (const dial of [...this.#dials.values()]) dial.fail(why)
    for (const link of this.links()) link.close(why)
  }

  /** The process ends without a word: nothing of it runs any more, and its machine closes its connections. */
  kill(): void {
    this.#listening = false
    for (const dial of [...this.#dials.values()]) dial.fail(new FleetError('ABORTED', 'the process ended'))
    for (const link of this.#links.values()) link.vanish()
    this.clock.kill()
  }

  addresses(): readonly string[] {
    return this.#listening ? [this.address] : []
  }

  links(): readonly MemoryLink[] {
    return [...this.#links.values()]
  }

  link(id: PeerIdText): MemoryLink | undefined {
    return this.#links.get(id)
  }

  handle(protocol: string, handler: ProtocolHandler): void {
    this.#handlers.set(protocol, handler)
  }

  async dial({ peer, addresses }: DialTarget, signal: AbortSignal): Promise<Link> {
    if (!this.#listening) throw new FleetError('UNAVAILABLE', 'this member does not run')
    if (signal.aborted) throw toFleetError(signal.reason, 'ABORTED')
    const known = peer === undefined ? undefined : this.#links.get(peer)
    if (known !== undefined) return known
    let failure = new FleetError('UNAVAILABLE', 'there is no address to dial')
    for (const address of addresses) {
      try {
        return await this.#dialAt(address, peer, signal)
      } catch (error) {
        if (!(error instanceof FleetError) || signal.aborted || !retried.has(error.code)) throw error
        failure = error
      }
    }
    throw failure
  }

  introduction(): Introduction {
    const { certificate, address } = this
    return { certificate, software: this.#options.software, wallMs: this.clock.wallMs(), address }
  }

  guard(refusal: (peer: PeerIdText) => FleetError | undefined): void {
    this.#refusal = refusal
  }

  /** Why this member has nothing to do with a peer, if it has not. */
  refusalOf(peer: PeerIdText): FleetError | undefined {
    return this.#refusal(peer)
  }

  /** A hello came. @throws FleetError why the peer is refused */
  welcome(from: MemoryTransport, hello: Introduction, pipe: Pipe): MemoryLink {
    const known = this.#links.get(from.self)
    const encounter = { self: this.self, remote: from.self, dialling: this.#dials.has(from) }
    if (prefersOwn({ ...encounter, known, nowMs: this.clock.monotonicMs() })) throw conflict()
    return this.add(hello, pipe, { outbound: false, clockErrorMs: hello.wallMs - this.clock.wallMs() })
  }

  /** Admits a connection in place of one that there may be. @throws FleetError NOT_MEMBER, RATE_LIMITED, or what the guard says */
  add(
    { certificate, software, address }: Introduction,
    pipe: Pipe,
    facts: { readonly outbound: boolean; readonly clockErrorMs: number },
  ): MemoryLink {
    if (certificate.fleet !== this.certificate.fleet)
      throw new FleetError('NOT_MEMBER', 'this is a member of another fleet')
    const id = certificate.subject
    const refusal = this.#refusal(id)
    if (refusal !== undefined) throw refusal
    const known = this.#links.get(id)
    if (known === undefined && this.#links.size >= this.#options.maxLinks)
      throw new FleetError('RATE_LIMITED', `already linked to ${this.#links.size} members`)
    known?.close(conflict())
    const link = new MemoryLink(
      {
        handlerOf: (protocol) => this.#handlers.get(protocol),
        ended: (one) => {
          if (this.#links.get(id) === one) this.#links.delete(id)
          this.#closed.emit(one)
        },
      },
      pipe,
      { id, certificate, software, address, listen: [address], ...facts, sinceMs: this.clock.monotonicMs() },
    )
    this.#links.set(id, link)
    return link
  }

  /** Both ends are joined: users may speak. */
  announce(link: MemoryLink): void {
    this.#opened.emit(link)
  }

  async #dialAt(address: string, peer: PeerIdText | undefined, signal: AbortSignal): Promise<Link> {
    const host = this.#wiring.hostAt(address)
    // Nobody has ever had this address.
    if (host === undefined) throw new FleetError('UNAVAILABLE', `nothing listens on ${address}`)
    if (host === this) throw new FleetError('UNAVAILABLE', 'this is the member’s own address')
    let dial = this.#dials.get(host)
    if (dial === undefined) {
      const begun = new Dial(this, host, this.#wiring.pipes(this, host), {
        peer,
        timeoutMs: this.#options.dialTimeoutMs,
        over: () => this.#dials.delete(host),
      })
      dial = begun
      this.#dials.set(host, begun)
    }
    return dial.result(signal)
  }
}

/** Failures after which another address is worth trying. */
const retried = new Set(['UNAVAILABLE', 'TIMEOUT'])
