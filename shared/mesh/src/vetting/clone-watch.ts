import { type Clock, Emitter, FleetError, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { BoundedMap } from '../bounded-map.ts'

/** A member's key was seen in use by two running programs. Which of them is the member, nobody can tell. */
export interface CloneFound {
  readonly peer: PeerIdText
  /** Where they were seen: multiaddrs, at most `maxInstances`. */
  readonly addresses: readonly string[]
}

interface Instance {
  readonly id: string
  address: string
  /** Known to live beside another. */
  cloned: boolean
}

interface Watched {
  /** Oldest first: the last is the one that spoke last. */
  instances: Instance[]
  toldAtMs: number
}

/** Programs of one member that are kept in mind, the last ones to speak; and members. */
const maxInstances = 8
const maxPeers = 4096
/** How often it is told of a member again while nothing new is found, ms. */
const againMs = 3_600_000

/**
 * Tells a copied key from a restart. A program makes up a random number when it starts and says it in every hello. A restart brings a new number,
 * and the old one is never heard again. So when a number comes back after another was heard, the key is in two places for sure. And it does come
 * back: where a link to one of the two stands and the other makes one, the first is closed, and its program makes it again.
 *
 * Nothing is done about it here but saying so: if the later one won, a thief would, and if the earlier one did, a restart would be locked out.
 */
export class CloneWatch {
  readonly found: Signal<CloneFound>
  readonly #found = new Emitter<CloneFound>()
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #peers = new BoundedMap<PeerIdText, Watched>(maxPeers)

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
    this.found = this.#found
  }

  /**
   * A hello of a member.
   * @param instance its number; undefined from software that has none, of which nothing can be told
   */
  heard(peer: PeerIdText, instance: Uint8Array | undefined, address: string): void {
    if (instance === undefined) return
    const id = instance.join()
    const watched = this.#peers.get(peer) ?? { instances: [], toldAtMs: Number.NEGATIVE_INFINITY }
    const last = watched.instances.at(-1)
    const before = watched.instances.find((one) => one.id === id)
    const current = before ?? { id, address, cloned: false }
    current.address = address
    watched.instances = [...watched.instances.filter((one) => one !== before), current].slice(-maxInstances)
    this.#peers.set(peer, watched)
    if (last !== undefined && last !== current && before !== undefined) this.#flag(peer, watched, [last, current])
  }

  /** Where the programs that use a member's key were last seen, or nothing when there is one only. */
  clonedAt(peer: PeerIdText): readonly string[] {
    const all = this.#peers.get(peer)?.instances ?? []
    return [...new Set(all.filter(({ cloned }) => cloned).map(({ address }) => address))]
  }

  #flag(peer: PeerIdText, watched: Watched, two: readonly Instance[]): void {
    const isNews = two.some(({ cloned }) => !cloned)
    for (const one of two) one.cloned = true
    const nowMs = this.#clock.monotonicMs()
    if (!isNews && nowMs - watched.toldAtMs < againMs) return
    watched.toldAtMs = nowMs
    this.#found.emit({ peer, addresses: this.clonedAt(peer) })
  }
}

/** What is reported of it. */
export function clonedError({ addresses }: CloneFound): FleetError {
  return new FleetError('CONFLICT', `two machines use the key of this member: at ${addresses.join(' and at ')}`)
}
