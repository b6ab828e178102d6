import type { Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { BoundedMap } from '../../bounded-map.ts'
import type { RecordId } from '../record-id.ts'

/** Ids that are remembered, so that repeats cost a hash and no signature check. */
const maxKnown = 4096
/** How long a record's bytes are held for those whom it did not reach, ms. What is asked for later is pulled. */
const heldMs = 15_000
const maxHeld = 1024
const maxHeldBytes = 512 * 1024
/** Neighbours beside the tree that are told the id of a record, so that a break in the tree is noticed, and for how long they are, ms. */
const maxTold = 3
const tellableMs = 6000

/** A record that came, or was written, a moment ago. */
export interface Recent {
  readonly id: RecordId
  readonly sealed: Uint8Array
  readonly atMs: number
  /** Who gave it; undefined for this member's own. */
  readonly from: PeerIdText | undefined
  /** Neighbours that have it, or were told of it. */
  readonly holders: Set<PeerIdText>
  /** Neighbours that were told its id alone. */
  told: number
}

/** `pulled`: it came, but not by a push: others may still wait for one. `seen`: nothing more is to be done when it comes again. */
export type Standing = 'pulled' | 'seen'

/** What this member knows of the records that passed lately. Bounded in time, number and bytes. */
export class RecentRecords {
  readonly #clock: Clock
  readonly #known = new BoundedMap<string, Standing>(maxKnown)
  /** In the order in which they came. */
  readonly #held = new Map<string, Recent>()
  /** Those of which more neighbours should be told. */
  readonly #tellable = new Set<Recent>()
  #heldBytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  standing(id: RecordId): Standing | undefined {
    return this.#known.get(id.key)
  }

  mark(id: RecordId, standing: Standing): void {
    this.#known.set(id.key, standing)
  }

  /** It may come again. */
  unmark(id: RecordId): void {
    this.#known.delete(id.key)
  }

  /** Holds the record for those whom it does not reach. */
  hold(id: RecordId, sealed: Uint8Array, from: PeerIdText | undefined): Recent {
    const recent: Recent = {
      id,
      sealed,
      from,
      atMs: this.#clock.monotonicMs(),
      holders: new Set(from === undefined ? [] : [from]),
      told: 0,
    }
    this.#drop(id.key)
    this.#held.set(id.key, recent)
    this.#tellable.add(recent)
    this.#heldBytes += sealed.byteLength
    this.#trim()
    return recent
  }

  held(id: RecordId): Recent | undefined {
    return this.#held.get(id.key)
  }

  /** Records of the last seconds of which few neighbours know. */
  tellable(): Recent[] {
    const beforeMs = this.#clock.monotonicMs() - tellableMs
    const recents: Recent[] = []
    for (const recent of this.#tellable) {
      if (recent.atMs < beforeMs || recent.told >= maxTold) this.#tellable.delete(recent)
      else recents.push(recent)
    }
    return recents
  }

  #trim(): void {
    const beforeMs = this.#clock.monotonicMs() - heldMs
    for (const [key, { atMs }] of this.#held) {
      if (atMs >= beforeMs && this.#held.size <= maxHeld && this.#heldBytes <= maxHeldBytes) return
      this.#drop(key)
    }
  }

  #drop(key: string): void {
    const recent = this.#held.get(key)
    if (recent === undefined) return
    this.#held.delete(key)
    this.#tellable.delete(recent)
    this.#heldBytes -= recent.sealed.byteLength
  }
}
