import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Station } from '@wrale/protocol/api'

export type LinkState = Station['link']

export interface StationLinkDeps {
  readonly mesh: Pick<Mesh, 'peers' | 'peerAdmitted' | 'peerLost'>
  /** Whether a network interface other than loopback is up and has an address. */
  readonly hasNetwork: () => boolean
  readonly clock: Clock
  readonly logger: Logger
}

/** Links that go within this time of each other go for one reason, ms. */
const togetherMs = 15_000
const checkMs = 1000

/**
 * How this station itself is connected, so that "your network is down" is told apart from "nodes are down". When the links to several
 * members go together and none is left, the station's own connection is the likelier cause: it counts as isolated.
 */
export class StationLink implements Startable {
  readonly changed: Signal<LinkState>
  readonly #deps: StationLinkDeps
  readonly #changed = new Emitter<LinkState>()
  readonly #lost = new Map<PeerIdText, number>()
  #state: LinkState = 'alone'
  #lostTogether = false
  #stops: Array<() => unknown> = []

  constructor(deps: StationLinkDeps) {
    this.#deps = deps
    this.changed = this.#changed
  }

  get state(): LinkState {
    return this.#state
  }

  get isolated(): boolean {
    return this.#state === 'down' || (this.#state === 'alone' && this.#lostTogether)
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { mesh, clock, logger } = this.#deps
    this.#check()
    this.#stops = [
      mesh.peerAdmitted.subscribe(() => this.#check()),
      mesh.peerLost.subscribe(({ id }) => {
        this.#lost.set(id, clock.monotonicMs())
        this.#check()
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

  #check(): void {
    const { mesh, hasNetwork, clock } = this.#deps
    const now = clock.monotonicMs()
    for (const [id, at] of this.#lost) if (now - at > togetherMs) this.#lost.delete(id)
    const linked = mesh.peers().length > 0
    if (linked) this.#lostTogether = false
    else if (this.#lost.size > 1) this.#lostTogether = true
    const state = linked ? 'up' : hasNetwork() ? 'alone' : 'down'
    if (state === this.#state) return
    this.#state = state
    this.#changed.emit(state)
  }
}
