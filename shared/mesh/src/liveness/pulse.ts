import type { Connection, MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { type Cancel, type Clock, FleetError, type Logger, toFleetError } from '@wrale/kernel'
import { jittered, type MeshTuning } from '../tuning.ts'

/** A muxer that can measure a round trip, as yamux can with its own frames (yamux specification, ping). */
export interface PingingMuxer extends StreamMuxer {
  ping(): Promise<number>
}

/** Soon after a connection opens, so that a round trip is known before anybody asks, ms. */
const firstPingMs = 500
/** A round trip older than this is measured anew, however lively the connection is, ms. */
const maxRttAgeMs = 60_000

interface Watched {
  readonly muxer: PingingMuxer
  readonly stream: MessageStream
  heardMs: number
  pingedMs: number
  /** A ping is under way, and life was last looked for at this time. */
  pendingSinceMs: number | undefined
  rttMs?: number
  cancel: Cancel
}

/**
 * Sees to it that a connection that died without saying so (a pulled cable, a frozen board) is ended, and measures round trips.
 * Whatever arrives shows life; only a connection that has been silent for a while is pinged, below all streams, because a
 * stream for every ping costs ten times the bytes.
 */
export class Pulse {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #tuning: MeshTuning
  readonly #watched = new Set<Watched>()

  constructor(clock: Clock, logger: Logger, tuning: MeshTuning) {
    this.#clock = clock
    this.#logger = logger
    this.#tuning = tuning
  }

  /** The factory, whose muxers are watched from their creation until they close. */
  watching(factory: StreamMuxerFactory<PingingMuxer>): StreamMuxerFactory<PingingMuxer> {
    return {
      protocol: factory.protocol,
      createStreamMuxer: (stream) => {
        const muxer = factory.createStreamMuxer(stream)
        this.#watch(muxer, stream)
        return muxer
      },
    }
  }

  /** Last round trip measured on a connection, ms. */
  rttMsOf(connection: Connection): number | undefined {
    // A connection hands out the very list of streams of its muxer, and nothing else of it.
    for (const { muxer, rttMs } of this.#watched) if (muxer.streams === connection.streams) return rttMs
    return undefined
  }

  #watch(muxer: PingingMuxer, stream: MessageStream): void {
    const nowMs = this.#clock.monotonicMs()
    const watched: Watched = {
      muxer,
      stream,
      heardMs: nowMs,
      pingedMs: -Infinity,
      pendingSinceMs: undefined,
      cancel: () => undefined,
    }
    this.#watched.add(watched)
    stream.addEventListener('message', () => {
      watched.heardMs = this.#clock.monotonicMs()
    })
    stream.addEventListener('close', () => {
      watched.cancel()
      this.#watched.delete(watched)
    })
    this.#arm(watched, jittered(firstPingMs))
  }

  #arm(watched: Watched, delayMs: number): void {
    watched.cancel()
    if (this.#watched.has(watched)) watched.cancel = this.#clock.schedule(delayMs, () => this.#check(watched))
  }

  #check(watched: Watched): void {
    const nowMs = this.#clock.monotonicMs()
    const silentMs = nowMs - watched.heardMs
    if (watched.pendingSinceMs !== undefined) {
      if (watched.heardMs <= watched.pendingSinceMs) {
        this.#end(watched, new FleetError('TIMEOUT', `silent for ${Math.round(silentMs)} ms`))
        return
      }
      // Whoever sends something else lives, but is busy. The ping stays under way: yamux takes a late answer to none as an attack.
      watched.pendingSinceMs = nowMs
      this.#arm(watched, this.#tuning.pingDeadlineMs)
    } else if (silentMs >= (this.#tuning.silenceMs * 2) / 3 || nowMs - watched.pingedMs >= maxRttAgeMs) {
      watched.pendingSinceMs = nowMs
      watched.pingedMs = nowMs
      this.#arm(watched, this.#tuning.pingDeadlineMs)
      void this.#ping(watched)
    } else {
      this.#arm(watched, jittered(this.#tuning.silenceMs) - silentMs)
    }
  }

  async #ping(watched: Watched): Promise<void> {
    try {
      await watched.muxer.ping()
    } catch (error) {
      this.#end(watched, toFleetError(error, 'UNAVAILABLE'))
      return
    }
    watched.rttMs = this.#clock.monotonicMs() - watched.pingedMs
    watched.pendingSinceMs = undefined
    this.#arm(watched, jittered(this.#tuning.silenceMs))
  }

  #end({ muxer, stream }: Watched, error: FleetError): void {
    this.#logger.debug('a connection is dead', { error })
    muxer.abort(error)
    stream.abort(error)
  }
}
