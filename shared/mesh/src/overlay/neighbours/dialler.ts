import {
  type Cancel,
  type Clock,
  FleetError,
  type FleetErrorCode,
  type Logger,
  type Startable,
  toFleetError,
} from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { BackoffBook } from '../../backoff-book.ts'
import type { Link, Transport } from '../../transport/transport.ts'
import type { MeshTuning } from '../../tuning.ts'
import { type Candidate, type CandidateKind, Candidates } from './candidates.ts'
import { chooseDials, wantedLinks } from './degree.ts'

/** Addresses of one peer that are tried; more than a machine has. */
const maxAddresses = 8
/** Codes with which a peer turns out not to be one of ours, for which coming back soon makes no sense. */
const strangerCodes: ReadonlySet<FleetErrorCode> = new Set([
  'NOT_MEMBER',
  'PROTOCOL_MISMATCH',
  'SIGNATURE_INVALID',
  'FRAME_INVALID',
  'FRAME_TOO_LARGE',
  'FORBIDDEN',
])
const strangerBackoff = { firstMs: 60_000, maxMs: 600_000 }
/** How long a member that has no room is left alone, ms. */
const fullBackoff = { firstMs: 10_000, maxMs: 120_000 }
const maxRemembered = 512

export interface DiallerDeps {
  readonly transport: Transport
  /** Called when there are fewer links than wanted. */
  readonly short: () => void
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

export type DiallerTuning = Pick<MeshTuning, 'wantedLinks' | 'acceptedLinks' | 'smallFleet' | 'dialCourtesyMs'>

/** Dials configured addresses, members that are out of contact, and others until there are links enough. */
export class Dialler implements Startable {
  /** Members of the fleet as far as it is known, this one included. */
  fleetSize = 1
  readonly #deps: DiallerDeps
  readonly #tuning: DiallerTuning
  readonly #static: readonly string[]
  readonly #strangers: BackoffBook
  readonly #full: BackoffBook
  readonly #dials = new Set<Promise<void>>()
  #candidates: Candidates
  #stopping = new AbortController()
  #cancel: Cancel = () => undefined

  constructor(deps: DiallerDeps, tuning: DiallerTuning, staticAddresses: readonly string[]) {
    const { clock, random } = deps
    this.#deps = deps
    this.#tuning = tuning
    this.#static = staticAddresses
    this.#candidates = new Candidates(clock, random)
    this.#strangers = new BackoffBook(clock, strangerBackoff, { maxEntries: maxRemembered, random })
    this.#full = new BackoffBook(clock, fullBackoff, { maxEntries: maxRemembered, random })
    this.#stopping.abort(new FleetError('ABORTED', 'this member does not run'))
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#candidates = new Candidates(this.#deps.clock, this.#deps.random)
    for (const address of this.#static) this.#candidates.add('static', address, { addresses: [address], delayMs: 0 })
    this.run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    this.#cancel()
    await Promise.all(this.#dials)
  }

  /** How many links this member looks for. */
  get wanted(): number {
    return wantedLinks(this.fleetSize, this.#tuning)
  }

  /** Peers at configured addresses, as far as they are known. */
  get configured(): ReadonlySet<PeerIdText> {
    return new Set(this.candidates().flatMap(({ kind, peer }) => (kind === 'static' ? (peer ?? []) : [])))
  }

  candidates(): Candidate[] {
    return this.#candidates.all()
  }

  /** Somebody who may be worth a dial. Cheap to call again and again. */
  add(kind: CandidateKind, peer: PeerIdText, addresses: readonly string[], delayMs: number): void {
    const { transport } = this.#deps
    if (peer === transport.self || addresses.length === 0 || transport.link(peer) !== undefined) return
    if (this.#strangers.isDeferred(peer) || this.#full.isDeferred(peer)) return
    this.#candidates.add(kind, peer, { peer, addresses: addresses.slice(0, maxAddresses), delayMs })
  }

  remove(peer: PeerIdText): void {
    this.#candidates.remove(peer)
  }

  /** The peer has no room: it is not dialled for a while. */
  leaveAlone(peer: PeerIdText): void {
    this.#full.defer(peer)
    if (this.#candidates.get(peer)?.dialling === false) this.#candidates.remove(peer)
  }

  linked({ id }: Link): void {
    this.#strangers.clear(id)
    this.#candidates.linked(id)
    if (this.#deps.transport.links().length === 1) this.#candidates.retryAll()
    this.run()
  }

  /** The lower id dials at once, the higher a little later, lest both dial. */
  courtesyMs(peer: PeerIdText): number {
    return this.#deps.transport.self < peer ? 0 : this.#tuning.dialCourtesyMs
  }

  /** Dials whoever is due. */
  run(): void {
    this.#cancel()
    if (this.#stopping.signal.aborted) return
    const { clock, random, transport, short } = this.#deps
    const nowMs = clock.monotonicMs()
    const links = transport.links().length
    const open = this.candidates().filter((one) => !this.#isLinked(one))
    const wanted = wantedLinks(Math.max(this.fleetSize, open.length + links + 1), this.#tuning)
    for (const candidate of chooseDials(open, { nowMs, links, wanted, random })) this.#begin(candidate)
    if (links < wanted) short()
    let nextMs = Infinity
    for (const one of open) if (!one.dialling && one.dueMs > nowMs) nextMs = Math.min(nextMs, one.dueMs)
    if (nextMs < Infinity) this.#cancel = clock.schedule(nextMs - nowMs, () => this.run())
  }

  /** Dials whatever the number of links. @throws FleetError as `Transport.dial` */
  async dial(peer: PeerIdText, addresses: readonly string[], signal?: AbortSignal): Promise<Link> {
    const either = signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal])
    return this.#deps.transport.dial({ peer, addresses: addresses.slice(0, maxAddresses) }, either)
  }

  #begin(candidate: Candidate): void {
    candidate.dialling = true
    const dial = this.#dial(candidate).finally(() => {
      candidate.dialling = false
      this.#dials.delete(dial)
      this.run()
    })
    this.#dials.add(dial)
  }

  async #dial(candidate: Candidate): Promise<void> {
    const { transport, logger } = this.#deps
    // A configured address may come to belong to another machine.
    const peer = candidate.kind === 'static' ? undefined : candidate.peer
    try {
      const link = await transport.dial({ peer, addresses: candidate.addresses }, this.#stopping.signal)
      candidate.peer = link.id
      candidate.attempts = 0
    } catch (thrown) {
      const error = toFleetError(thrown, 'UNAVAILABLE')
      logger.debug('cannot link to a peer', { target: candidate.key, error })
      this.#failed(candidate, error)
    }
  }

  #failed(candidate: Candidate, error: FleetError): void {
    const named = peerIdSchema.safeParse(error.meta['peer']).data
    // Another connection won: whose address this is, is known all the same.
    if (error.code === 'CONFLICT' && named !== undefined) candidate.peer = named
    this.#candidates.failed(candidate)
    if (error.code === 'RATE_LIMITED' && candidate.kind === 'found' && candidate.peer !== undefined) {
      this.#full.defer(candidate.peer)
      this.#candidates.remove(candidate.key)
    }
    if (!strangerCodes.has(error.code) || named === undefined) return
    // Whoever is configured may be about to join.
    if (candidate.kind === 'static' && error.code === 'PROTOCOL_MISMATCH') return
    const waitMs = this.#strangers.defer(named)
    if (candidate.kind !== 'static') {
      this.#candidates.remove(candidate.key)
      return
    }
    candidate.dueMs = this.#deps.clock.monotonicMs() + waitMs
    this.#deps.logger.warn('the peer at a configured address is not of this fleet', {
      address: candidate.key,
      code: error.code,
      error: error.message,
    })
  }

  #isLinked({ peer, key }: Candidate): boolean {
    const named = peer ?? peerIdSchema.safeParse(key.split('/p2p/').at(-1)).data
    return named !== undefined && this.#deps.transport.link(named) !== undefined
  }
}
