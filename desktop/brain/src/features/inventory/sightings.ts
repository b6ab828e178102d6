import type { PeerIdText } from '@wrale/protocol'
import type { Contact } from './assess.ts'

/** Sightings that are remembered after their link went, per node. */
const maxGone = 8
/** A witness that does not repeat its report in this time after this station lost its own link is no longer believed, ms. */
const repeatMs = 5000
const repeatSlackMs = 1000
/** A member tells of a lost link up to this long after the loss, because a status is not sent for every change at once, ms. */
const reportLagMs = 2000

/** What one member says about its link to one node. `atMs` and the like are this station's monotonic clock. */
export interface Sighting {
  readonly by: PeerIdText
  /** Latest time at which the link was known to be up. */
  readonly atMs: number
  readonly atWallMs: number
  readonly rttMs?: number
  /** When the member first said that the link is gone; undefined while it has it. */
  readonly goneAtMs?: number
  /** Interval in which the member promised its next report, and when that promise runs out. Own sightings have neither. */
  readonly report?: { readonly intervalMs: number; readonly validUntilMs: number }
}

/** A sighting as it is worth now. */
export interface WeighedSighting extends Sighting {
  readonly linked: boolean
}

/** Who has, or had last, a link to one node. */
export class SightingBook {
  readonly #own: PeerIdText
  readonly #sightings = new Map<PeerIdText, Sighting>()

  constructor(own: PeerIdText) {
    this.#own = own
  }

  linked(sighting: Omit<Sighting, 'goneAtMs'>): void {
    this.#sightings.set(sighting.by, sighting)
  }

  /**
   * @param atMs when this station learnt that the link is gone
   * @returns false when the member was not known to have a link
   */
  gone(by: PeerIdText, atMs: number): boolean {
    const sighting = this.#sightings.get(by)
    if (sighting === undefined || sighting.goneAtMs !== undefined) return false
    const goneAtMs = by === this.#own ? atMs : Math.max(sighting.atMs, atMs - reportLagMs)
    this.#sightings.set(by, { ...sighting, goneAtMs })
    this.#forgetOldest()
    return true
  }

  /** All sightings, each weighed by what is known now; the latest first. */
  weigh(nowMs: number): WeighedSighting[] {
    const ownGoneAt = this.#sightings.get(this.#own)?.goneAtMs
    return [...this.#sightings.values()]
      .map((sighting) => {
        const goneAtMs = goneAt(sighting, ownGoneAt, nowMs)
        return goneAtMs === undefined ? { ...sighting, linked: true } : { ...sighting, goneAtMs, linked: false }
      })
      .toSorted((a, b) => Number(b.linked) - Number(a.linked) || b.atMs - a.atMs)
  }

  #forgetOldest(): void {
    const gone = [...this.#sightings.values()].filter(({ goneAtMs }) => goneAtMs !== undefined)
    if (gone.length <= maxGone) return
    const oldest = gone.reduce((a, b) => (a.atMs <= b.atMs ? a : b))
    this.#sightings.delete(oldest.by)
  }
}

/**
 * A report counts until its author's deadline. One that is older than the loss of this station's own link may describe the moment
 * before the node died, so it must be repeated soon.
 */
function goneAt(sighting: Sighting, ownGoneAt: number | undefined, nowMs: number): number | undefined {
  if (sighting.goneAtMs !== undefined) return sighting.goneAtMs
  const { report } = sighting
  if (report === undefined) return undefined
  if (nowMs > report.validUntilMs) return report.validUntilMs
  if (ownGoneAt === undefined || sighting.atMs >= ownGoneAt) return undefined
  const waitMs = Math.max(repeatMs, report.intervalMs + repeatSlackMs)
  return nowMs - ownGoneAt >= waitMs ? ownGoneAt : undefined
}

export function contactOf(sightings: readonly WeighedSighting[]): Contact {
  if (sightings.some(({ linked }) => linked)) return { linked: true }
  const times = sightings.flatMap(({ goneAtMs }) => goneAtMs ?? [])
  return { linked: false, since: times.length === 0 ? undefined : Math.max(...times) }
}
