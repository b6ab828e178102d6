import { type Cancel, type Clock, Emitter, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { jittered } from '../tuning.ts'
import { answerFor, type Found, questionFor, readMessage } from './messages.ts'
import type { NetworkInterface, PacketGroup, PacketHandlers } from './multicast.ts'
import type { ServiceNames } from './service-names.ts'
import { interfacesTowards } from './subnet.ts'

export interface DiscoveryDeps {
  readonly clock: Clock
  readonly group: (handlers: PacketHandlers) => PacketGroup
  /** Peers that need not be looked for. While there are none, it is asked often. */
  readonly linked: () => readonly PeerIdText[]
  /** Members that could answer in place of this one, about. Default: nobody could. */
  readonly others?: () => number
}

export interface DiscoveryOptions {
  readonly names: ServiceNames
  /** What to look for; nobody: only answers. */
  readonly ask: 'members' | 'stations' | 'nobody'
  /** This member as others shall find it; absent for who only looks. */
  readonly announce?: {
    readonly peer: PeerIdText
    /** Takes in new members. */
    readonly station: boolean
    /** Multiaddrs without the peer. */
    readonly addresses: () => readonly string[]
  }
}

/** An answer that waits for its moment, and who has answered the same question meanwhile. */
interface PendingAnswer {
  readonly service: string
  readonly cancel: Cancel
  readonly others: Set<PeerIdText>
}

/** Waits between questions while nobody is linked, ms; the last one is repeated. */
const lonelyMs = [300, 700, 1500, 3000, 6000, 10_000]
/** One more question soon after the first link: the first ones may have been lost, ms. */
const secondMs = 1500
/**
 * Wait between questions when all is well, ms; longer in proportion with more links than this. Whoever hears another's question
 * puts its own off, so that the fleet shares one.
 */
const calmMs = 60_000
const calmLinks = 8
/** Answers are sent after a random wait up to this, so that they do not collide, and never closer together, ms. */
const answerSpreadMs = 20
const answerGapMs = 100
/**
 * A question needs this many answers: who asks is led to the rest by those who answered. Were every member to answer, a fleet that
 * starts would drown in its answers, whose number grows with the square of its size. So that the first ones are heard before the
 * others speak, the wait is longer by this with every member that could answer, up to a limit, ms (as in RFC 6762, section 7.4).
 */
const enoughAnswers = 4
const answerSpreadEachMs = 8
const maxAnswerSpreadMs = 500

/** Finds members on the local network by multicast DNS (RFC 6762, RFC 6763, libp2p mDNS specification). */
export class Discovery implements Startable {
  readonly #deps: DiscoveryDeps
  readonly #options: DiscoveryOptions
  readonly #group: PacketGroup
  readonly #found = new Emitter<Found>()
  readonly #answers = new Map<string, PendingAnswer>()
  readonly #answeredMs = new Map<string, number>()
  #cancelAsk: Cancel = () => undefined
  #asked = 0
  #started = false

  readonly found: Signal<Found> = this.#found

  constructor(deps: DiscoveryDeps, options: DiscoveryOptions) {
    this.#deps = deps
    this.#options = options
    this.#group = deps.group({
      onPacket: (bytes, from) => this.#onPacket(bytes, from),
      onInterfaces: () => this.hurry(),
    })
  }

  async start(): Promise<void> {
    if (this.#started) return
    await this.#group.start()
    this.#started = true
    this.hurry()
  }

  async stop(): Promise<void> {
    this.#started = false
    this.#cancelAsk()
    for (const { cancel } of this.#answers.values()) cancel()
    this.#answers.clear()
    await this.#group.stop()
  }

  /** Announces and asks now, and asks again soon: all peers were lost, or the network changed. */
  hurry(): void {
    if (!this.#started) return
    const { names, announce } = this.#options
    for (const on of this.#group.interfaces()) {
      this.#answer(names.members, on)
      if (announce?.station === true) this.#answer(names.stations, on)
    }
    this.#answeredMs.clear()
    this.#asked = 0
    this.#ask()
  }

  #ask(): void {
    this.#cancelAsk()
    const { names, ask } = this.#options
    if (ask === 'nobody') return
    const question = questionFor(names[ask], names.members, this.#deps.linked())
    for (const on of this.#group.interfaces()) this.#group.send(question, on)
    this.#asked++
    this.#askLater()
  }

  #askLater(): void {
    this.#cancelAsk()
    this.#cancelAsk = this.#deps.clock.schedule(jittered(this.#waitMs()), () => this.#ask())
  }

  #waitMs(): number {
    const linked = this.#deps.linked().length
    if (linked === 0) return lonelyMs[Math.min(this.#asked, lonelyMs.length) - 1] ?? calmMs
    return this.#asked === 1 ? secondMs : calmMs * Math.max(1, linked / calmLinks)
  }

  #onPacket(bytes: Uint8Array, from: string): void {
    const { names, announce, ask } = this.#options
    const message = readMessage(bytes, [names.members, names.stations])
    if (message?.type === 'answer') {
      if (message.found.peer !== announce?.peer) this.#heard(message.service, message.found)
      return
    }
    if (message === undefined) return
    const { service, known } = message
    // Another's question brings the answers that this side would ask for: all hear them (RFC 6762, section 7.3).
    if (ask !== 'nobody' && service === names[ask] && this.#asked > 1 && this.#deps.linked().length > 0)
      this.#askLater()
    if (announce === undefined || known.includes(announce.peer) || (service === names.stations && !announce.station))
      return
    for (const on of interfacesTowards(from, this.#group.interfaces())) this.#answerSoon(service, on)
  }

  #heard(service: string, found: Found): void {
    for (const [key, answer] of this.#answers) {
      if (answer.service !== service || this.#crowd(service) === 0) continue
      answer.others.add(found.peer)
      if (answer.others.size < enoughAnswers) continue
      answer.cancel()
      this.#answers.delete(key)
    }
    this.#found.emit(found)
  }

  #answerSoon(service: string, on: NetworkInterface): void {
    const key = `${service} ${on.address}`
    if (this.#answers.has(key)) return
    const sinceMs = this.#deps.clock.monotonicMs() - (this.#answeredMs.get(key) ?? -answerGapMs)
    const spreadMs = Math.min(answerSpreadMs + this.#crowd(service) * answerSpreadEachMs, maxAnswerSpreadMs)
    const waitMs = Math.max(0, answerGapMs - sinceMs) + Math.random() * spreadMs
    const cancel = this.#deps.clock.schedule(waitMs, () => {
      this.#answers.delete(key)
      this.#answeredMs.set(key, this.#deps.clock.monotonicMs())
      this.#answer(service, on)
    })
    this.#answers.set(key, { service, cancel, others: new Set() })
  }

  /** How many could answer in place of this member, 0 when it must answer itself: stations are what many look for. */
  #crowd(service: string): number {
    const { names, announce } = this.#options
    const others = this.#deps.others?.() ?? 0
    return service === names.members && announce?.station !== true && others > enoughAnswers ? others : 0
  }

  /** Tells the addresses that belong to the interface: the others may not be reachable from there. */
  #answer(service: string, on: NetworkInterface): void {
    const { announce, names } = this.#options
    if (announce === undefined) return
    const addresses = announce.addresses().filter((address) => address.startsWith(`/ip4/${on.address}/`))
    if (addresses.length > 0)
      this.#group.send(answerFor(service, names.members, { peer: announce.peer, addresses }), on)
  }
}
