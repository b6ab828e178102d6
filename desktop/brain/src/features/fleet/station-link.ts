import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Station } from '@wrale/protocol/api'
import type { ReplicaEntry } from '@wrale/replica'

export type LinkState = Station['link']

export interface StationLinkDeps {
  readonly self: PeerIdText
  readonly mesh: Pick<Mesh, 'peers' | 'peerAdmitted' | 'peerLost'>
  /** Words of members as they arrive. */
  readonly words: Signal<Pick<ReplicaEntry, 'record' | 'heardAtMonotonicMs'>>
  /** Whether a network interface other than loopback is up and has an address. */
  readonly hasNetwork: () => boolean
  readonly clock: Clock
  readonly logger: Logger
}

/** Links that go within this time of each other go for one reason, ms. */
const togetherMs = 15_000
/** Dead links are found out one by one: when two are gone, the silence of all other members may be judged after this time, ms. */
const silentMs = 2000
/** When the connection is back, members are given this much to be heard again, ms. */
const recoveryMs = 5000
const checkMs = 500

/**
 * How this station itself is connected, so that "your network is down" is told apart from "nodes are down". When the links to several
 * members go together, and no other member is heard any more, the station's own connection is the likelier cause: it counts as isolated.
 */
export class StationLink implements Startable {
  readonly changed: Signal<LinkState>
  readonly #deps: StationLinkDeps
  readonly #changed = new Emitter<LinkState>()
  /** When each link went that went lately. */
  readonly #lost = new Map<PeerIdText, number>()
  #heardAtMs = -Infinity
  #state: LinkState = 'alone'
  #cutOffSinceMs: number | undefined
  #recoveredAtMs = -Infinity
  #stops: Array<() => unknown> = []

  constructor(deps: StationLinkDeps) {
    this.#deps = deps
    this.changed = this.#changed
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
      mesh.peerAdmitted.subscribe(() => this.#heard(clock.monotonicMs())),
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
    this.#heardAtMs = Math.max(this.#heardAtMs, atMs)
    this.#check()
  }

  #check(): void {
    const { mesh, hasNetwork, clock } = this.#deps
    const now = clock.monotonicMs()
    for (const [id, at] of this.#lost) if (now - at > togetherMs) this.#lost.delete(id)
    const wasCutOff = this.#isCutOff()
    const linked = mesh.peers().length > 0
    if (this.#cutOffSinceMs === undefined) {
      if (this.#isSilence(linked, now)) this.#cutOffSinceMs = now
    } else if (this.#heardAtMs >= this.#cutOffSinceMs) {
      this.#cutOffSinceMs = undefined
      this.#lost.clear()
    }
    const before = this.#state
    if (linked && this.#cutOffSinceMs === undefined) this.#state = 'up'
    else this.#state = hasNetwork() ? 'alone' : 'down'
    if (wasCutOff && !this.#isCutOff()) this.#recoveredAtMs = now + recoveryMs
    if (this.#state !== before) this.#changed.emit(this.#state)
  }

  #isSilence(linked: boolean, now: number): boolean {
    const losses = [...this.#lost.values()].toSorted((a, b) => a - b)
    const [, second] = losses
    if (second === undefined) return false
    return !linked || (this.#heardAtMs < (losses.at(-1) ?? second) && now - second >= silentMs)
  }

  #isCutOff(): boolean {
    return this.#state === 'down' || this.#cutOffSinceMs !== undefined
  }
}
