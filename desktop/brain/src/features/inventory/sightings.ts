import type { PeerIdText } from '@wrale/protocol'
import type { Measured } from './link-graph.ts'

/** Sightings that are remembered after their link went, per node. */
const maxGone = 8

interface Sighting extends Measured {
  readonly by: PeerIdText
  /** When the member's link ended, or that became known; undefined while it has it. Monotonic clock of this station, ms. */
  readonly goneAtMs?: number
}

/** A sighting as it is worth now. */
export interface WeighedSighting extends Measured {
  readonly by: PeerIdText
  readonly linked: boolean
  /** Latest time at which the link was known to be up, this station's monotonic clock, ms. */
  readonly atMs: number
}

/** What is known now of a member that is a witness. */
export interface WitnessState {
  /** It is in reach, so what it says still holds. */
  readonly believed: boolean
  /** When it was heard last, monotonic ms: until then, at least, it had the links that it told of. */
  readonly heardAtMs: number
}

/** Who has, or had last, a link to one node. */
export class SightingBook {
  readonly #sightings = new Map<PeerIdText, Sighting>()

  /** @returns whether that is anything new */
  linked(by: PeerIdText, { rttMs, lossRatio }: Measured): boolean {
    const before = this.#sightings.get(by)
    this.#sightings.set(by, {
      by,
      ...(rttMs === undefined ? {} : { rttMs }),
      ...(lossRatio === undefined ? {} : { lossRatio }),
    })
    const same = before !== undefined && before.goneAtMs === undefined
    return !same || before.rttMs !== rttMs || before.lossRatio !== lossRatio
  }

  /**
   * @param atMs when the link was last known to be up
   * @returns false when the member was not known to have a link
   */
  gone(by: PeerIdText, atMs: number): boolean {
    const sighting = this.#sightings.get(by)
    if (sighting === undefined || sighting.goneAtMs !== undefined) return false
    this.#sightings.set(by, { ...sighting, goneAtMs: atMs })
    this.#forgetOldest()
    return true
  }

  /** All sightings, those with a link first, then the latest first. */
  weigh(stateOf: (by: PeerIdText) => WitnessState): WeighedSighting[] {
    return [...this.#sightings.values()]
      .map(({ goneAtMs, ...sighting }) => {
        if (goneAtMs !== undefined) return { ...sighting, linked: false, atMs: goneAtMs }
        const { believed, heardAtMs } = stateOf(sighting.by)
        return { ...sighting, linked: believed, atMs: heardAtMs }
      })
      .toSorted((a, b) => Number(b.linked) - Number(a.linked) || b.atMs - a.atMs)
  }

  #forgetOldest(): void {
    const gone = [...this.#sightings.values()].filter(({ goneAtMs }) => goneAtMs !== undefined)
    if (gone.length <= maxGone) return
    const oldest = gone.reduce((a, b) => ((a.goneAtMs ?? 0) <= (b.goneAtMs ?? 0) ? a : b))
    this.#sightings.delete(oldest.by)
  }
}
