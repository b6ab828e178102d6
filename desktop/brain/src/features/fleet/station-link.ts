import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Station } from '@wrale/protocol/api'
import type { ReplicaEntry } from '@wrale/replica'

export type LinkState = Station['link']

export interface StationLinkDeps {
  readonly self: PeerIdText
  readonly mesh: Pick<Mesh, 'peerAdmitted' | 'peerLost'> & {
    /** `heardAgoMs`: when the other side last showed life on the link, if the mesh knows, ms. */
    peers(): ReadonlyArray<{ readonly id: PeerIdText; readonly heardAgoMs?: number }>
  }
  /** Words of members as they arrive. */
  readonly words: Signal<Pick<ReplicaEntry, 'record' | 'heardAtMonotonicMs'>>
  /** Whether a network interface other than loopback is up and has an address. */
  readonly hasNetwork: () => boolean
  readonly clock: Clock
  readonly logger: Logger
}

/** Links that go within this time of each other go for one reason, ms. */
const togetherMs = 15_000
/** Least silence of all members that is worth judging, ms. */
const silentMs = 2000
/** A silence must be longer than the longest that was usual lately by this factor: few members, or members in step, leave long gaps. */
const unusual = 1.3
/** What "lately" means, ms. */
const usualWindowMs = 60_000
/** When the connection is back, members are given this much to be heard again, ms. */
const recoveryMs = 5000
const checkMs = 500

/**
 * How this station itself is connected, so that "your network is down" is told apart from "nodes are down". When links go and no
 * other member is heard any more, the station's own connection is the likelier cause: it counts as isolated.
 */
export class StationLink implements Startable {
  readonly changed: Signal<LinkState>
  readonly #deps: StationLinkDeps
  readonly #changed = new Emitter<LinkState>()
  /** When each link went that went lately. */
  readonly #lost = new Map<PeerIdText, number>()
  #heardAtMs = -Infinity
  readonly #silences: RecentMaximum
  #state: LinkState = 'alone'
  #cutOffSinceMs: number | undefined
  #recoveredAtMs = -Infinity
  #stops: Array<() => unknown> = []

  constructor(deps: StationLinkDeps) {
    this.#deps = deps
    this.changed = this.#changed
    this.#silences = new RecentMaximum(usualWindowMs)
  }

  get state(): LinkState {
    return this.#state
  }

  /** What is not heard says nothing about the nodes: the station is cut off, or was until a moment ago. */
  get isolated(): boolean {
    return this.#isCutOff() || this.#deps.clock.monotonicMs() < this.#recoveredAtMs
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { self, mesh, words, clock, logger } = this.#deps
    this.#check()
    this.#stops = [
      mesh.peerAdmitted.subscribe(({ id }) => {
        this.#lost.delete(id)
        this.#heard(clock.monotonicMs())
      }),
      mesh.peerLost.subscribe(({ id }) => {
        this.#lost.set(id, clock.monotonicMs())
        this.#check()
      }),
      words.subscribe(({ record, heardAtMonotonicMs }) => {
        if (record.author !== self) this.#heard(heardAtMonotonicMs)
      }),
      repeat(
        clock,
        checkMs,
        () => this.#check(),
        (error) => logger.error('the station could not look at its own network', { error }),
      ),
    ]
  }

  async stop(): Promise<void> {
    const stops = this.#stops
    this.#stops = []
    for (const stop of stops) await stop()
  }

  #heard(atMs: number): void {
    this.#note(atMs)
    this.#check()
  }

  #note(atMs: number): void {
    const silenceMs = atMs - this.#heardAtMs
    // A silence of this station's own making says nothing about what is usual.
    if (this.#cutOffSinceMs === undefined && Number.isFinite(silenceMs)) this.#silences.add(atMs, silenceMs)
    this.#heardAtMs = Math.max(this.#heardAtMs, atMs)
  }

  #check(): void {
    const { mesh, hasNetwork, clock } = this.#deps
    const now = clock.monotonicMs()
    for (const [id, at] of this.#lost) if (now - at > togetherMs) this.#lost.delete(id)
    const wasCutOff = this.#isCutOff()
    const peers = mesh.peers()
    const linked = peers.length
    const lifeAtMs = Math.max(...peers.map(({ heardAgoMs }) => now - (heardAgoMs ?? Infinity)))
    if (lifeAtMs > this.#heardAtMs) this.#note(lifeAtMs)
    if (this.#cutOffSinceMs === undefined) {
      if (this.#isSilence(linked, now)) this.#cutOffSinceMs = now
    } else if (this.#heardAtMs >= this.#cutOffSinceMs) {
      this.#cutOffSinceMs = undefined
      this.#lost.clear()
    }
    const before = this.#state
    if (linked > 0 && this.#cutOffSinceMs === undefined) this.#state = 'up'
    else this.#state = hasNetwork() ? 'alone' : 'down'
    if (wasCutOff && !this.#isCutOff()) this.#recoveredAtMs = now + recoveryMs
    if (this.#state !== before) this.#changed.emit(this.#state)
  }

  /** Dead links are found out one by one, so the first of several is enough when everyone else is silent as well. */
  #isSilence(linked: number, now: number): boolean {
    const losses = [...this.#lost.values()]
    if (losses.length === 0 || losses.length + linked < 2) return false
    const tooLongMs = Math.max(silentMs, unusual * this.#silences.at(now))
    return linked === 0 || (this.#heardAtMs < Math.max(...losses) && now - this.#heardAtMs >= tooLongMs)
  }

  #isCutOff(): boolean {
    return this.#state === 'down' || this.#cutOffSinceMs !== undefined
  }
}

/** The largest of the values of the last one to two windows, in constant memory. */
class RecentMaximum {
  readonly #windowMs: number
  #window = -Infinity
  #current = 0
  #previous = 0

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  add(atMs: number, value: number): void {
    this.#turn(atMs)
    this.#current = Math.max(this.#current, value)
  }

  at(nowMs: number): number {
    this.#turn(nowMs)
    return Math.max(this.#current, this.#previous)
  }

  #turn(nowMs: number): void {
    const window = Math.floor(nowMs / this.#windowMs)
    if (window <= this.#window) return
    this.#previous = window === this.#window + 1 ? this.#current : 0
    this.#current = 0
    this.#window = window
  }
}
