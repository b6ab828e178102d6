import { type Cancel, type Clock, FleetError, type Logger, type Startable, type Unsubscribe } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { LinkFrame } from '@wrale/protocol/wire'
import { BoundedMap } from '../../bounded-map.ts'
import type { Link, Transport } from '../../transport/transport.ts'
import { jittered, type MeshTuning } from '../../tuning.ts'
import type { Contact } from '../../types.ts'
import type { LinkChannel } from '../link/link-channel.ts'
import { Dialler } from './dialler.ts'
import { LinkBudget } from './link-budget.ts'
import { survey, type Survey } from './survey.ts'

/** Time between two looks at all members, ms: in general, and what makes it shorter. */
const surveyMs = { least: 3000, perMember: 20, soon: 500, short: 1000, shortPerMember: 5 }
/** Not everybody looks for the same missing member at once: within so many ms for each member of the fleet. */
const strayDelayPerMemberMs = 200
/** A peer that was found and is not heard of otherwise is dialled even when there are links enough, after this long, ms. */
const patienceMs = 3000
/** Members of which addresses, and the loss of a link, are remembered. */
const maxRemembered = 512

export interface NeighboursDeps {
  readonly transport: Transport
  readonly contacts: () => Iterable<Contact>
  /** Whether records are pushed on this link. */
  readonly isEager: (peer: PeerIdText) => boolean
  /** Whether one of the two looks after the other. */
  readonly isWatch: (peer: PeerIdText) => boolean
  readonly channel: (peer: PeerIdText) => LinkChannel | undefined
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

export type NeighboursTuning = Pick<
  MeshTuning,
  'wantedLinks' | 'acceptedLinks' | 'smallFleet' | 'rotateMs' | 'dialCourtesyMs'
>

/** Sees to it that this member has enough links, not too many, to members only, and that the fleet hangs together. */
export class Neighbours implements Startable {
  readonly #deps: NeighboursDeps
  readonly #tuning: NeighboursTuning
  readonly #dialler: Dialler
  readonly #budget: LinkBudget
  readonly #addresses = new BoundedMap<PeerIdText, readonly string[]>(maxRemembered)
  readonly #lostAt = new BoundedMap<PeerIdText, number>(maxRemembered)
  #revoked: ReadonlySet<PeerIdText> = new Set()
  #subscriptions: Unsubscribe[] = []
  #cancelSurvey: Cancel = () => undefined
  #surveyAtMs = Infinity
  #rotateAtMs = Infinity
  #sinceMs = 0

  constructor(deps: NeighboursDeps, tuning: NeighboursTuning, staticAddresses: readonly string[]) {
    const { transport, channel, isWatch, clock, logger, random } = deps
    this.#deps = deps
    this.#tuning = tuning
    this.#dialler = new Dialler(
      { transport, short: () => this.#surveyWithin(this.#shortSurveyMs), clock, logger, random },
      tuning,
      staticAddresses,
    )
    this.#budget = new LinkBudget(
      {
        transport,
        channel,
        mustStay: (peer) => isWatch(peer) || this.#dialler.configured.has(peer),
        wanted: () => this.#dialler.wanted,
        clock,
        random,
      },
      tuning.acceptedLinks,
    )
  }

  async start(): Promise<void> {
    if (this.#subscriptions.length > 0) return
    const { transport, clock, random } = this.#deps
    this.#subscriptions = [
      transport.opened.subscribe((link) => this.#linked(link)),
      transport.closed.subscribe((link) => this.#lost(link)),
    ]
    this.#sinceMs = clock.monotonicMs()
    this.#rotateAtMs = this.#sinceMs + jittered(this.#tuning.rotateMs, random)
    await this.#dialler.start()
    this.#surveyWithin(surveyMs.soon)
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe()
    this.#cancelSurvey()
    this.#surveyAtMs = Infinity
    this.#budget.stop()
    await this.#dialler.stop()
  }

  /** Members of the fleet, this one included, as far as it is known. */
  get fleetSize(): number {
    return this.#dialler.fleetSize
  }

  /** Why a peer must not be linked to, by the records as they were when they were last looked at. */
  refusal(peer: PeerIdText): FleetError | undefined {
    return this.#revoked.has(peer) ? new FleetError('NOT_MEMBER', 'this member was put out of the fleet') : undefined
  }

  /** Whether one of the two sides gives the link to a peer up because it has too many. */
  isGivenUp(peer: PeerIdText): boolean {
    return this.#budget.isEnding(peer)
  }

  /** A peer was discovered at these addresses. Cheap to call again and again. */
  found(peer: PeerIdText, addresses: readonly string[]): void {
    if (this.#revoked.has(peer)) return
    this.#addresses.set(peer, addresses)
    this.#dialler.add('found', peer, addresses, this.#dialler.courtesyMs(peer))
    this.#dialler.run()
  }

  heard(peer: PeerIdText, frame: LinkFrame): void {
    this.#budget.heard(peer, frame)
    if (frame.e === true) this.#dialler.leaveAlone(peer)
    if (frame.x === undefined) return
    for (const [text, addresses] of frame.x) {
      const id = peerIdSchema.safeParse(text).data
      if (id !== undefined && !this.#revoked.has(id)) this.#dialler.add('found', id, addresses, 0)
    }
    this.#dialler.run()
  }

  riding(peer: PeerIdText): void {
    this.#budget.riding(peer)
  }

  /** The link to a member, or one that is made now. @throws FleetError NOT_FOUND, or as `Transport.dial` */
  async linkTo(peer: PeerIdText, signal?: AbortSignal): Promise<Link> {
    const { transport, contacts } = this.#deps
    const link = transport.link(peer)
    if (link !== undefined) return link
    const addresses = new Set(this.#addresses.get(peer))
    for (const contact of contacts())
      if (contact.id === peer) for (const address of contact.addresses) addresses.add(address)
    if (addresses.size === 0) throw new FleetError('NOT_FOUND', 'nobody knows where this member is', { peer })
    return this.#dialler.dial(peer, [...addresses], signal)
  }

  #linked(link: Link): void {
    const { id, name, role, listen } = link
    this.#deps.logger.info('a peer is linked', { peer: id, name, role })
    this.#lostAt.delete(id)
    if (listen.length > 0) this.#addresses.set(id, listen)
    this.#dialler.linked(link)
    this.#budget.linked()
    // The new link may bring news of those who were out of contact: then they need not be dialled one by one.
    if (this.#dialler.candidates().some(({ kind }) => kind === 'lost' || kind === 'stray'))
      this.#surveyWithin(surveyMs.soon)
  }

  #lost(link: Link): void {
    const { transport, clock, logger, random } = this.#deps
    const { id, name } = link
    const givenUp = this.#budget.lost(id)
    if (transport.link(id) !== undefined) return
    logger.info(givenUp ? 'a link was given up' : 'a peer is lost', { peer: id, name })
    if (givenUp) {
      this.#dialler.leaveAlone(id)
    } else if (!this.#revoked.has(id)) {
      this.#lostAt.set(id, clock.monotonicMs())
      const addresses = new Set([...(link.outbound ? [link.address] : []), ...(this.#addresses.get(id) ?? [])])
      const delayMs = this.#dialler.courtesyMs(id) + random() * this.#tuning.dialCourtesyMs
      this.#dialler.add('lost', id, [...addresses], delayMs)
    }
    this.#surveyWithin(surveyMs.soon)
    this.#dialler.run()
  }

  get #shortSurveyMs(): number {
    return surveyMs.short + surveyMs.shortPerMember * this.#dialler.fleetSize
  }

  #surveyWithin(ms: number): void {
    const { clock, random } = this.#deps
    const atMs = clock.monotonicMs() + ms
    if (this.#subscriptions.length === 0 || this.#surveyAtMs <= atMs) return
    this.#cancelSurvey()
    this.#surveyAtMs = atMs
    this.#cancelSurvey = clock.schedule(ms, () => {
      this.#surveyAtMs = Infinity
      this.#survey()
      this.#surveyWithin(jittered(surveyMs.least + surveyMs.perMember * this.#dialler.fleetSize, random))
    })
  }

  /** Looks at what the records say of everyone. */
  #survey(): void {
    const { transport, clock, contacts, random } = this.#deps
    const nowMs = clock.monotonicMs()
    const links = transport.links()
    const rotating = nowMs >= this.#rotateAtMs && links.length >= this.#dialler.wanted
    const short = Math.max(0, this.#dialler.wanted - links.length)
    const found = survey(contacts(), {
      nowMs,
      sinceMs: this.#sinceMs,
      isLinked: (peer) => transport.link(peer) !== undefined,
      lostAtMs: (peer) => this.#lostAt.get(peer),
      wanted: rotating ? 1 : 2 * short,
      random,
    })
    this.#dialler.fleetSize = Math.max(found.members, links.length) + 1
    this.#revoked = found.revoked
    for (const link of links) {
      const refusal = this.refusal(link.id)
      if (refusal !== undefined) link.close(refusal)
    }
    this.#reconsider(found, nowMs)
    for (const { id, addresses } of found.strays)
      this.#dialler.add('stray', id, addresses, short > 0 ? 0 : random() * strayDelayPerMemberMs * found.members)
    if (rotating) void this.#rotate(found)
    else for (const { id, addresses } of found.sample) this.#dialler.add('found', id, addresses, 0)
    this.#dialler.run()
  }

  /** Whom the records say to be well need not be dialled for its own sake; whom they do not know must be. */
  #reconsider({ inContact }: Survey, nowMs: number): void {
    for (const candidate of this.#dialler.candidates()) {
      const { peer, kind } = candidate
      if (peer === undefined || kind === 'static' || candidate.dialling) continue
      if (this.#revoked.has(peer)) this.#dialler.remove(peer)
      else if (kind !== 'found' && inContact.has(peer)) candidate.kind = 'found'
      else if (kind === 'found' && !inContact.has(peer) && nowMs - candidate.sinceMs > patienceMs)
        candidate.kind = 'stray'
    }
  }

  /** Now and then a link is exchanged for another one, so that the graph stays as good as drawn by lot (Leitao et al., "HyParView", 2007). */
  async #rotate({ sample: [newcomer] }: Survey): Promise<void> {
    const { clock, random, logger, isEager } = this.#deps
    this.#rotateAtMs = clock.monotonicMs() + jittered(this.#tuning.rotateMs, random)
    if (newcomer === undefined) return
    try {
      await this.#dialler.dial(newcomer.id, newcomer.addresses)
      await this.#budget.exchange((peer) => peer !== newcomer.id && !isEager(peer))
    } catch (error) {
      logger.debug('a link is not exchanged', { peer: newcomer.id, error })
    }
  }
}
