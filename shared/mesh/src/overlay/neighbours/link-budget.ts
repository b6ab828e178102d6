import { type Cancel, type Clock, FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { type LinkFrame, maxExchangedPeers } from '@wrale/protocol/wire'
import type { Link, Transport } from '../../transport/transport.ts'
import { jittered } from '../../tuning.ts'
import type { LinkChannel } from '../link/link-channel.ts'
import { chooseVictim, fewLinks, shuffled } from './degree.ts'

/** So long after it opened a link is left to show what it is good for, and so often it is looked whether there are too many, ms. */
const settledMs = 2000
/** Addresses that are told of one member. */
const maxAddresses = 8

export interface LinkBudgetDeps {
  readonly transport: Transport
  readonly channel: (peer: PeerIdText) => LinkChannel | undefined
  /** Links that must stay: to configured peers, and between a member and its watchers. */
  readonly mustStay: (peer: PeerIdText) => boolean
  readonly wanted: () => number
  readonly clock: Clock
  readonly random: () => number
}

/** Tells neighbours how many links there are, gives up links beyond the accepted number, and names others to who has few. */
export class LinkBudget {
  readonly #deps: LinkBudgetDeps
  readonly #acceptedLinks: number
  /** How many links each peer has. */
  readonly #counts = new Map<PeerIdText, number>()
  readonly #told = new Map<PeerIdText, number>()
  /** Links that one of the two sides gives up. */
  readonly #ending = new Set<PeerIdText>()
  #cancel: Cancel | undefined

  constructor(deps: LinkBudgetDeps, acceptedLinks: number) {
    this.#deps = deps
    this.#acceptedLinks = acceptedLinks
  }

  heard(peer: PeerIdText, { n, e }: LinkFrame): void {
    if (e === true) this.#ending.add(peer)
    if (n === undefined) return
    const [count, wanted] = n
    this.#counts.set(peer, count)
    if (count < fewLinks && count < wanted) this.#recommend(peer)
  }

  /** A frame goes to the peer: how many links there are goes with it when that is news. */
  riding(peer: PeerIdText): void {
    const count = this.#deps.transport.links().length
    if (this.#told.get(peer) === count) return
    this.#told.set(peer, count)
    this.#deps.channel(peer)?.say({ n: [count, this.#deps.wanted()] }, 'rides')
  }

  linked(): void {
    if (this.#deps.transport.links().length > this.#acceptedLinks) this.#trimLater()
  }

  isEnding(peer: PeerIdText): boolean {
    return this.#ending.has(peer)
  }

  /** @returns whether one of the two sides wanted it so */
  lost(peer: PeerIdText): boolean {
    this.#counts.delete(peer)
    this.#told.delete(peer)
    return this.#ending.delete(peer)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (const peer of [...this.#counts.keys()]) this.lost(peer)
  }

  /** Gives up a link that nothing depends on, by lot, if there is one. */
  async exchange(isIdle: (peer: PeerIdText) => boolean): Promise<void> {
    const { transport, random, mustStay } = this.#deps
    const idle = shuffled(transport.links(), random).find(
      (link) =>
        this.#isSettled(link) && isIdle(link.id) && !mustStay(link.id) && (this.#counts.get(link.id) ?? 0) > fewLinks,
    )
    if (idle !== undefined) await this.#giveUp(idle.id)
  }

  #trimLater(): void {
    this.#cancel ??= this.#deps.clock.schedule(jittered(settledMs, this.#deps.random), () => {
      this.#cancel = undefined
      this.#trim()
    })
  }

  #trim(): void {
    const { transport, mustStay } = this.#deps
    const links = transport.links()
    if (links.length <= this.#acceptedLinks) return
    const victim = chooseVictim(
      links.map((link) => ({
        id: link.id,
        links: this.#counts.get(link.id),
        expendable: this.#isSettled(link) && !this.#ending.has(link.id) && !mustStay(link.id),
      })),
    )
    if (victim !== undefined) void this.#giveUp(victim)
    this.#trimLater()
  }

  #isSettled({ sinceMs }: Link): boolean {
    return sinceMs + settledMs / 2 <= this.#deps.clock.monotonicMs()
  }

  async #giveUp(peer: PeerIdText): Promise<void> {
    const channel = this.#deps.channel(peer)
    if (channel === undefined) return
    this.#ending.add(peer)
    channel.say({ e: true, x: this.#someOthers(peer) }, 'now')
    await channel.flushed()
    channel.link.close(new FleetError('RATE_LIMITED', 'this member has too many links'))
  }

  #recommend(peer: PeerIdText): void {
    const others = this.#someOthers(peer)
    if (others.length > 0) this.#deps.channel(peer)?.say({ x: others }, 'now')
  }

  #someOthers(peer: PeerIdText): Array<[PeerIdText, string[]]> {
    const { transport, random } = this.#deps
    return shuffled(transport.links(), random)
      .filter(({ id, listen }) => id !== peer && listen.length > 0)
      .slice(0, maxExchangedPeers)
      .map(({ id, listen }) => [id, listen.slice(0, maxAddresses)])
  }
}
