import {
  type Cancel,
  type Clock,
  FleetError,
  type Logger,
  repeat,
  type Startable,
  toFleetError,
  type Unsubscribe,
} from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { maxSyncFrameBytes, syncProtocol } from '@wrale/protocol/wire'
import { serveWithin, withDeadline } from '../deadline.ts'
import type { FrameStream, Link, Transport } from '../transport/transport.ts'
import { jittered, type MeshTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'
import { News } from './news.ts'
import { answerPull, pull } from './pull.ts'

/** Mean time between two looks whether something is missing, ms. A record may well overtake another by less. */
const firstMendMs = 2000
/** Pulls under way at once. Few, because each one spares the next from fetching the same. */
const maxPulls = 2
/** Answers under way at once, and those for one peer. */
const maxServed = 16
const maxServedOfPeer = 2
/**
 * Peers that are told of news, drawn anew each time. Each of them tells as many in turn: a rumour with this fan-out misses one member in
 * fifty (Karp et al., "Randomized Rumor Spreading", 2000), whom the pulls now and then bring up to date.
 */
const toldOfNews = 4

export interface RecordSyncDeps {
  readonly transport: Pick<Transport, 'links' | 'link' | 'opened' | 'closed' | 'handle'>
  readonly replica: ReplicaPort
  /** Told what peers do wrong. */
  readonly conduct: { offence(peer: PeerIdText, kind: string, error: FleetError): void }
  /** A new record came by a pull, and that so many ms after its author said it. @returns whether it is pushed to others from here, or was */
  readonly passOn: (sealed: Uint8Array, ageMs: number) => boolean
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

export type RecordSyncTuning = Pick<MeshTuning, 'newsMs' | 'settleMs' | 'syncIntervalMs' | 'syncDeadlineMs'>

/** Fetches what push missed: from every peer when it is linked, and now and then from one of them. */
export class RecordSync implements Startable {
  readonly #deps: RecordSyncDeps
  readonly #tuning: RecordSyncTuning
  readonly #waiting = new Set<PeerIdText>()
  readonly #pulls = new Set<Promise<void>>()
  readonly #later = new Map<PeerIdText, Cancel>()
  readonly #toTell = new Set<PeerIdText>()
  readonly #news: News
  #served = 0
  #subscriptions: Unsubscribe[] = []
  #endRounds: () => Promise<void> = async () => undefined
  #endMending: () => Promise<void> = async () => undefined
  #mendAfterMs = firstMendMs
  #stopping = new AbortController()

  /** Make it before the transport starts. */
  constructor(deps: RecordSyncDeps, tuning: RecordSyncTuning) {
    this.#deps = deps
    this.#tuning = tuning
    this.#news = new News(deps.clock, {
      waitMs: () => jittered(tuning.newsMs, deps.random),
      tell: (sources) => this.#tell(sources),
    })
    deps.transport.handle(syncProtocol, {
      maxBytes: maxSyncFrameBytes,
      maxStreams: maxServedOfPeer,
      serve: (stream, link, signal) => this.#serve(stream, link, signal),
    })
  }

  async start(): Promise<void> {
    if (this.#subscriptions.length > 0) return
    const { transport, clock, logger, random } = this.#deps
    this.#stopping = new AbortController()
    this.#subscriptions = [
      transport.opened.subscribe(({ id }) => {
        this.pull(id)
        // What the peer writes while the first pull is under way may not be pushed yet.
        this.#pullLater(id)
      }),
      transport.closed.subscribe(({ id }) => {
        this.#cancelLater(id)
        this.#toTell.delete(id)
      }),
    ]
    this.#endRounds = repeat(
      clock,
      () => jittered(this.#tuning.syncIntervalMs, random),
      () => {
        for (const { id } of this.#drawn(1)) this.pull(id)
      },
      (error) => logger.error('cannot pull records', { error }),
    )
    this.#endMending = repeat(
      clock,
      () => jittered(this.#mendAfterMs, random),
      () => this.#mend(),
      (error) => logger.error('cannot mend records', { error }),
    )
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe()
    for (const id of [...this.#later.keys()]) this.#cancelLater(id)
    this.#news.stop()
    this.#waiting.clear()
    this.#toTell.clear()
    await this.#endRounds()
    await this.#endMending()
    await Promise.all(this.#pulls)
  }

  /** A gap tells by itself that something is missing; it need not wait for the pull now and then. What nobody has is asked for ever more rarely. */
  #mend(): void {
    if (this.#deps.replica.incomplete?.() !== true) {
      this.#mendAfterMs = firstMendMs
      return
    }
    for (const { id } of this.#drawn(1)) this.pull(id)
    this.#mendAfterMs = Math.min(2 * this.#mendAfterMs, this.#tuning.syncIntervalMs)
  }

  /** Pulls from a peer as soon as it is its turn. Cheap to call again before. */
  pull(peer: PeerIdText): void {
    this.#waiting.add(peer)
    this.#next()
  }

  /** A record that may have been pulled before came by a push. */
  pushed(sealed: Uint8Array): void {
    this.#news.pushed(sealed)
  }

  /**
   * Pulls from a few of those who may lack the news, and says so: who lacks them pulls back. That pull brings others the news in the same way,
   * and ends where there is nothing new.
   */
  #tell(sources: ReadonlySet<PeerIdText>): void {
    const onlySource = sources.size === 1 ? sources : new Set<PeerIdText>()
    for (const { id } of this.#drawn(toldOfNews, onlySource)) {
      this.#toTell.add(id)
      this.pull(id)
    }
  }

  /** So many links, drawn by lot. */
  #drawn(count: number, except: ReadonlySet<PeerIdText> = new Set()): Link[] {
    const { transport, random } = this.#deps
    const left = transport.links().filter(({ id }) => !except.has(id))
    const drawn: Link[] = []
    while (drawn.length < count && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1))
    return drawn
  }

  #pullLater(peer: PeerIdText): void {
    this.#cancelLater(peer)
    const cancel = this.#deps.clock.schedule(this.#tuning.settleMs, () => {
      this.#later.delete(peer)
      this.pull(peer)
    })
    this.#later.set(peer, cancel)
  }

  #cancelLater(peer: PeerIdText): void {
    this.#later.get(peer)?.()
    this.#later.delete(peer)
  }

  #next(): void {
    for (const peer of this.#waiting) {
      if (this.#pulls.size >= maxPulls || this.#stopping.signal.aborted) return
      this.#waiting.delete(peer)
      const link = this.#deps.transport.link(peer)
      if (link === undefined) continue
      const under = this.#pullFrom(link).finally(() => {
        this.#pulls.delete(under)
        this.#next()
      })
      this.#pulls.add(under)
    }
  }

  async #pullFrom(link: Link): Promise<void> {
    const { replica, clock, logger } = this.#deps
    const from = link.id
    let stream: FrameStream | undefined
    try {
      await withDeadline(clock, this.#tuning.syncDeadlineMs, this.#stopping.signal, async (signal) => {
        stream = await link.open(syncProtocol, { maxBytes: maxSyncFrameBytes, signal })
        const news = this.#toTell.delete(from)
        await pull(stream, replica, { from, news, onNew: (sealed, ageMs) => this.#pulled(sealed, ageMs, from) })
      })
    } catch (thrown) {
      const error = toFleetError(thrown, 'UNAVAILABLE')
      stream?.abort(error)
      this.#judge(from, error)
      logger.debug('a pull failed', { peer: from, error })
    }
  }

  #pulled(sealed: Uint8Array, ageMs: number, from: PeerIdText): void {
    if (!this.#deps.passOn(sealed, ageMs)) this.#news.pulled(sealed, from)
  }

  async #serve(stream: FrameStream, { id }: Link, signal: AbortSignal): Promise<void> {
    const { clock, replica } = this.#deps
    if (this.#served >= maxServed) throw new FleetError('RATE_LIMITED', 'too many pulls at once')
    this.#served++
    try {
      await serveWithin(clock, this.#tuning.syncDeadlineMs, signal, stream, () =>
        answerPull(stream, replica, () => this.pull(id)),
      )
    } catch (thrown) {
      const error = toFleetError(thrown, 'UNAVAILABLE')
      this.#judge(id, error)
      throw error
    } finally {
      this.#served--
    }
  }

  #judge(peer: PeerIdText, error: FleetError): void {
    if (error.code === 'FRAME_INVALID' || error.code === 'FRAME_TOO_LARGE')
      this.#deps.conduct.offence(peer, 'sync-rejected', error)
  }
}
