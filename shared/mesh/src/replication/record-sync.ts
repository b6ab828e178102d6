import type { Connection, Stream } from '@libp2p/interface'
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
import {
  type Digest,
  hashDigest,
  maxSyncFrameBytes,
  syncAnswerSchema,
  type SyncFrame,
  syncFrameSchema,
  syncProtocol,
  syncRequestSchema,
  syncSelectionSchema,
} from '@wrale/protocol/wire'
import { gatedHandler } from '../admission/gated-registrar.ts'
import type { Gate } from '../admission/gate.ts'
import type { Member, PeerTable } from '../admission/peer-table.ts'
import type { Conduct } from '../conduct.ts'
import { remoteIdOf, streamError } from '../connections.ts'
import { withDeadline } from '../deadline.ts'
import { frameStream, type FrameStream } from '../frames.ts'
import type { MemberNode } from '../node/member-node.ts'
import { jittered, type MeshTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'
import { News } from './news.ts'
import {
  type Answer,
  concernsParts,
  framesOf,
  isBehind,
  partHashes,
  requestFor,
  sameBytes,
  selectionFor,
} from './sync-frames.ts'

/** Pulls under way at once. Few, because each one spares the next from fetching the same. */
const maxPulls = 2
/** Answers under way at once. */
const maxServed = 16
/** Frames of one answer; an answer that goes on is cut off, and the rest comes with the next pull. */
const maxFrames = 1024

export interface RecordSyncDeps {
  readonly node: MemberNode
  readonly replica: ReplicaPort
  readonly gate: Gate
  readonly peers: PeerTable
  readonly conduct: Conduct
  readonly clock: Clock
  readonly logger: Logger
}

/** Fetches what push missed: from every peer when it is admitted, and now and then from one of them. */
export class RecordSync implements Startable {
  readonly #deps: RecordSyncDeps
  readonly #tuning: MeshTuning
  readonly #waiting = new Set<PeerIdText>()
  readonly #pulls = new Set<Promise<void>>()
  readonly #later = new Map<PeerIdText, Cancel>()
  readonly #toTell = new Set<PeerIdText>()
  readonly #news: News
  #served = 0
  #subscriptions: Unsubscribe[] = []
  #endRounds: () => Promise<void> = async () => undefined
  #stopping = new AbortController()

  constructor(deps: RecordSyncDeps, tuning: MeshTuning) {
    this.#deps = deps
    this.#tuning = tuning
    this.#news = new News(deps.clock, {
      waitMs: () => jittered(tuning.newsMs),
      tell: (sources) => this.#tell(sources),
    })
  }

  async start(): Promise<void> {
    const { node, gate, peers, clock, logger } = this.#deps
    this.#stopping = new AbortController()
    await node.handle(syncProtocol, gatedHandler(gate, this.#serve), { maxInboundStreams: 2, maxOutboundStreams: 2 })
    const greet = ({ id }: Member): void => {
      this.#pull(id)
      // What the peer writes before the gossip streams stand is not pushed.
      this.pullLater(id, this.#tuning.unsettledMs)
    }
    this.#subscriptions = [
      peers.admitted.subscribe(greet),
      peers.moved.subscribe(greet),
      peers.lost.subscribe(({ id }) => {
        this.#cancelLater(id)
        this.#toTell.delete(id)
      }),
    ]
    this.#endRounds = repeat(
      clock,
      () => jittered(this.#tuning.syncIntervalMs),
      () => {
        const members = peers.all()
        const chosen = members[Math.floor(Math.random() * members.length)]
        if (chosen !== undefined) this.#pull(chosen.id)
      },
      (error) => logger.error('cannot pull records', { error }),
    )
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this member is stopping'))
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    for (const id of [...this.#later.keys()]) this.#cancelLater(id)
    this.#news.stop()
    this.#waiting.clear()
    this.#toTell.clear()
    await this.#endRounds()
    await Promise.all(this.#pulls)
    await this.#deps.node.unhandle(syncProtocol)
  }

  /** Pulls from a peer after a while, instead of when it was to be pulled from later. */
  pullLater(peer: PeerIdText, delayMs: number): void {
    this.#cancelLater(peer)
    this.#later.set(
      peer,
      this.#deps.clock.schedule(delayMs, () => {
        this.#later.delete(peer)
        this.#pull(peer)
      }),
    )
  }

  /** A record that may have been pulled before came by a push. */
  pushed(sealed: Uint8Array): void {
    this.#news.pushed(sealed)
  }

  /**
   * Pulls from everybody but those who have the news, and says so: who lacks them pulls back. That pull brings its own neighbours the news
   * in the same way, and ends where there is nothing new.
   */
  #tell(sources: ReadonlySet<PeerIdText>): void {
    for (const { id } of this.#deps.peers.all()) {
      if (sources.size === 1 && sources.has(id)) continue
      this.#toTell.add(id)
      this.#pull(id)
    }
  }

  #cancelLater(peer: PeerIdText): void {
    this.#later.get(peer)?.()
    this.#later.delete(peer)
  }

  #pull(peer: PeerIdText): void {
    this.#waiting.add(peer)
    this.#next()
  }

  #next(): void {
    for (const peer of this.#waiting) {
      if (this.#pulls.size >= maxPulls || this.#stopping.signal.aborted) return
      this.#waiting.delete(peer)
      const member = this.#deps.peers.get(peer)
      if (member === undefined) continue
      const pull = this.#pullFrom(member).finally(() => {
        this.#pulls.delete(pull)
        this.#next()
      })
      this.#pulls.add(pull)
    }
  }

  async #pullFrom(member: Member): Promise<void> {
    const { clock, logger } = this.#deps
    let stream: Stream | undefined
    try {
      await withDeadline(clock, this.#tuning.syncDeadlineMs, this.#stopping.signal, async (signal) => {
        stream = await member.connection.newStream(syncProtocol, { signal })
        const frames = frameStream(stream, { maxBytes: maxSyncFrameBytes, signal })
        await this.#ask(frames, member.id)
      })
    } catch (thrown) {
      const error = streamError(thrown)
      stream?.abort(error)
      this.#judge(member.id, error)
      logger.debug('a pull failed', { peer: member.id, error })
    }
  }

  async #ask(frames: FrameStream, from: PeerIdText): Promise<void> {
    const { replica } = this.#deps
    const digest = replica.digest()
    const request = requestFor(digest)
    await frames.write(this.#toTell.delete(from) ? { ...request, news: true } : request)
    if (request.have !== undefined) await frames.close()
    const answer = await frames.read(syncAnswerSchema)
    if (!('parts' in answer)) return this.#take(answer, frames, from)
    await frames.write(selectionFor(digest, answer.parts))
    await frames.close()
    return this.#take(await frames.read(syncFrameSchema), frames, from)
  }

  /** Takes frame after frame until the one with the marks, which hold when everything before them was taken. */
  async #take(first: SyncFrame, frames: FrameStream, from: PeerIdText): Promise<void> {
    const { replica } = this.#deps
    let frame = first
    for (let count = 0; count < maxFrames; count++) {
      for (const [ageMs, sealed] of frame.records) {
        const verdict = await replica.receive(sealed, { from, ageMs })
        if (verdict === 'rejected') throw new FleetError('FRAME_INVALID', 'a record that was pulled is not acceptable')
        if (verdict === 'new') this.#news.pulled(sealed, from)
      }
      if (frame.marks !== undefined) {
        replica.vouch(frame.marks)
        return
      }
      frame = await frames.read(syncFrameSchema)
    }
    throw new FleetError('FRAME_TOO_LARGE', `an answer of more than ${maxFrames} frames`)
  }

  readonly #serve = async (stream: Stream, connection: Connection): Promise<void> => {
    const { clock, replica } = this.#deps
    if (this.#served >= maxServed) {
      stream.abort(new FleetError('RATE_LIMITED', 'too many pulls at once'))
      return
    }
    this.#served++
    try {
      await withDeadline(clock, this.#tuning.syncDeadlineMs, this.#stopping.signal, async (signal) => {
        const frames = frameStream(stream, { maxBytes: maxSyncFrameBytes, signal })
        for (const frame of framesOf(await this.#answerFor(frames, replica.digest(), remoteIdOf(connection))))
          await frames.write(frame)
        await frames.close()
      })
    } catch (thrown) {
      const error = toFleetError(thrown, 'UNAVAILABLE')
      stream.abort(error)
      this.#judge(remoteIdOf(connection), error)
    } finally {
      this.#served--
    }
  }

  async #answerFor(frames: FrameStream, digest: Digest, asker: PeerIdText | null): Promise<Answer> {
    const { replica } = this.#deps
    const request = await frames.read(syncRequestSchema)
    if (sameBytes(request.hash, hashDigest(digest))) return { records: [], marks: {} }
    const heed = (have: Digest): void => {
      if (request.news === true && asker !== null && isBehind(digest, have)) this.#pull(asker)
    }
    if (request.have !== undefined) {
      heed(request.have)
      return replica.missingFrom(request.have)
    }
    await frames.write({ parts: partHashes(digest) })
    const { parts, have } = await frames.read(syncSelectionSchema)
    heed(have)
    return replica.missingFrom(have, concernsParts(parts))
  }

  #judge(peer: PeerIdText | null, error: FleetError): void {
    const wrong = error.code === 'FRAME_INVALID' || error.code === 'FRAME_TOO_LARGE'
    if (wrong && peer !== null) this.#deps.conduct.offence(peer, 'sync-rejected', error)
  }
}
