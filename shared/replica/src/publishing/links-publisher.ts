import type { Cancel, Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import { type PeerIdText, shortIdOf } from '@wrale/protocol'
import { type Link, type LinksBody, maxLinksPerRecord } from '@wrale/protocol/records'

/** A link as the mesh knows it. */
export interface OwnLink {
  readonly id: PeerIdText
  /** Round trip, ms; absent until measured. */
  readonly rttMs?: number
  /** Share of beats and pings that went unanswered lately, 0 to 1. */
  readonly lossRatio?: number
}

export interface LinksPublisherDeps {
  /** Links that are up now. */
  readonly links: () => readonly OwnLink[]
  /** A link came up. */
  readonly linked: Signal<unknown>
  /** A link ended; `givenUp` when one side had too many: then nobody needs to be told at once. */
  readonly lost: Signal<{ readonly givenUp: boolean }>
  /** Members of the fleet as far as known, this one included. */
  readonly members: () => number
  /** Writes the record; resolves when it is stored and on its way. */
  readonly write: (body: LinksBody) => Promise<unknown>
  readonly clock: Clock
  readonly logger: Logger
}

export interface LinksPublisherOptions {
  /** From a new link to the record, ms, so that one record tells of several. Default 300. */
  readonly gatherMs?: number
  /** From a lost link to the record, ms: what ends several links ends them within moments. Default 20. */
  readonly gatherLostMs?: number
  /** Least time between two records, ms. Default 200. */
  readonly leastGapMs?: number
}

/** Between two looks at the round trips, ms: the first at least, growing with the fleet, so that what all members tell together stays bounded. */
const lookMs = 60_000
const lookPerMemberMs = 2000
/** Looks after which the record is written again although nothing changed. */
const looksUntold = 10
/** In a burst of new links, records keep this share of the time between two looks apart, at most so many ms. */
const burstShare = 1 / 12
const longestBurstGapMs = 10_000
/** A link that had no round trip yet when it was told is looked at again after this share of the usual time, at least so many ms. */
const measuredShare = 1 / 10
const leastMeasuredMs = 10_000
/** Changes of a round trip that are worth telling: more than this many ms, and more than this share of the larger. */
const rttBand = { ms: 1, share: 0.5 }
const lossBand = 0.05
/** From a write that failed to the next, ms. */
const againMs = 5000

interface Told {
  readonly atMs: number
  readonly links: ReadonlyMap<PeerIdText, OwnLink>
  readonly looks: number
}

/** Says to whom this member is linked: soon after a link came, at once when one was lost, and now and then what the links are worth. */
export class LinksPublisher implements Startable {
  readonly #deps: LinksPublisherDeps
  readonly #options: Required<LinksPublisherOptions>
  #told: Told | undefined
  #dueAtMs = Infinity
  #cancel: Cancel = () => undefined
  #writing: Promise<void> | undefined
  #subscriptions: Unsubscribe[] = []

  constructor(deps: LinksPublisherDeps, options: LinksPublisherOptions = {}) {
    this.#deps = deps
    this.#options = {
      gatherMs: options.gatherMs ?? 300,
      gatherLostMs: options.gatherLostMs ?? 20,
      leastGapMs: options.leastGapMs ?? 200,
    }
  }

  async start(): Promise<void> {
    if (this.#subscriptions.length > 0) return
    const { linked, lost, links } = this.#deps
    const { gatherMs, gatherLostMs, leastGapMs } = this.#options
    const burstGapMs = (): number => Math.min(longestBurstGapMs, this.#intervalMs * burstShare)
    this.#subscriptions = [
      linked.subscribe(() => this.#due(gatherMs, Math.max(leastGapMs, burstGapMs()))),
      lost.subscribe(({ givenUp }) =>
        givenUp ? this.#due(gatherMs, Math.max(leastGapMs, burstGapMs())) : this.#due(gatherLostMs, leastGapMs),
      ),
    ]
    if (links().length > 0) this.#due(gatherMs, leastGapMs)
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#subscriptions = []
    this.#cancel()
    this.#dueAtMs = Infinity
    await this.#writing
  }

  /**
   * Somebody lost this member: when it was told that there is a link to it and there is none any more, that is taken back at once. Links that
   * were given up are told of at leisure, and the word of one that is gone would hold up a member that is gone too.
   */
  doubt(member: PeerIdText): void {
    if (this.#subscriptions.length === 0 || this.#told?.links.has(member) !== true) return
    if (this.#deps.links().some(({ id }) => id === member)) return
    this.#due(this.#options.gatherLostMs, this.#options.leastGapMs)
  }

  get #intervalMs(): number {
    return Math.max(lookMs, lookPerMemberMs * this.#deps.members())
  }

  /** Looks after `delayMs`, and not before `gapMs` have passed since the last record. An earlier look that is due already stays. */
  #due(delayMs: number, gapMs: number): void {
    const now = this.#deps.clock.monotonicMs()
    const atMs = Math.max(now + delayMs, (this.#told?.atMs ?? -Infinity) + gapMs)
    if (atMs >= this.#dueAtMs) return
    this.#cancel()
    this.#dueAtMs = atMs
    this.#cancel = this.#deps.clock.schedule(atMs - now, () => {
      this.#dueAtMs = Infinity
      this.#look()
    })
  }

  #look(): void {
    // One record at a time; it is looked again when this one is written.
    if (this.#writing !== undefined) return
    const { clock, links, logger, write } = this.#deps
    const now = new Map(
      links()
        .slice(0, maxLinksPerRecord)
        .map((link) => [link.id, link]),
    )
    const told = this.#told
    if (told !== undefined && told.looks < looksUntold && !isWorthTelling(told.links, now)) {
      this.#told = { ...told, looks: told.looks + 1 }
      this.#due(this.#intervalMs, 0)
      return
    }
    const atMs = clock.monotonicMs()
    this.#writing = write({ links: [...now.values()].map(linkOf) })
      .then(
        () => {
          this.#told = { atMs, links: now, looks: 0 }
        },
        (error: unknown) => {
          logger.error('the links could not be published', { error })
          if (this.#subscriptions.length > 0) this.#due(againMs, 0)
        },
      )
      .then(() => {
        this.#writing = undefined
        if (this.#subscriptions.length > 0) this.#after(now)
      })
  }

  /** What comes after a record: soon, what came during the write and what was not measured yet; in time, the next look. */
  #after(written: ReadonlyMap<PeerIdText, OwnLink>): void {
    const { gatherMs, leastGapMs } = this.#options
    if (!sameLinks(written, this.#deps.links())) this.#due(gatherMs, leastGapMs)
    const unmeasured = [...written.values()].some(({ rttMs }) => rttMs === undefined)
    this.#due(unmeasured ? Math.max(leastMeasuredMs, this.#intervalMs * measuredShare) : this.#intervalMs, 0)
  }
}

function linkOf({ id, rttMs, lossRatio }: OwnLink): Link {
  return {
    peer: shortIdOf(id),
    ...(rttMs === undefined ? {} : { rttMs: Math.min(rttMs, 600_000) }),
    ...(lossRatio === undefined ? {} : { lossRatio }),
  }
}

function sameLinks(told: ReadonlyMap<PeerIdText, OwnLink>, now: readonly OwnLink[]): boolean {
  return told.size === Math.min(now.length, maxLinksPerRecord) && now.every(({ id }) => told.has(id))
}

function isWorthTelling(told: ReadonlyMap<PeerIdText, OwnLink>, now: ReadonlyMap<PeerIdText, OwnLink>): boolean {
  if (!sameLinks(told, [...now.values()])) return true
  return [...now.values()].some((link) => {
    const before = told.get(link.id)
    if (Math.abs((link.lossRatio ?? 0) - (before?.lossRatio ?? 0)) >= lossBand) return true
    if (link.rttMs === undefined || before?.rttMs === undefined) return link.rttMs !== before?.rttMs
    const change = Math.abs(link.rttMs - before.rttMs)
    return change > rttBand.ms && change > rttBand.share * Math.max(link.rttMs, before.rttMs)
  })
}
