import { type Cancel, type Clock, FleetError, type Logger } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { LinkFrame } from '@wrale/protocol/wire'
import { jittered, type MeshTuning } from '../../tuning.ts'
import type { LinkChannel } from '../link/link-channel.ts'
import { Pulse } from './pulse.ts'
import { chooseWatchers } from './watchers.ts'

/** What a beat takes longer than its period, at most, on a busy board, ms: promises are that much longer. */
const slackMs = 400
/** Soon after a link opens, so that a round trip is known before anybody asks, ms. */
const firstSampleMs = 500
/** Mean time between two round trips that are measured, and until the second, ms: the first may be measured while all are busy linking. */
const sampleMs = 90_000
const secondSampleMs = 10_000
/** A link that was heard so lately needs no ping when others suspect its peer, ms. */
const freshMs = 1000
/** Many members suspected within so many ms: the network may have fallen apart, or this member's own link may be down. */
const manyWithinMs = 3000
const manySuspects = 2
/** One in so many members, in a large fleet, where some link is always on the move. */
const manySuspectsShare = 1 / 32
/** Everybody is asked at most once in so many ms. */
const probeAllGapMs = 10_000
/** A timer that is later than this shows that this process or machine stood still (Dadgar et al., "Lifeguard", 2018), ms. */
const stallMs = 500
/** A peer that reads nothing for so long is gone, or wants to cost memory, ms. */
const unreadMs = 10_000
/** Nothing at all is heard, for so long and where so many frames should have come: asks everybody. */
const leastDeafMs = 3000
const missingFrames = 6

export interface LivenessDeps {
  readonly self: PeerIdText
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
  /** Members of the fleet, as far as it is known. */
  readonly fleetSize: () => number
  /** This member's estimate of fleet time, ms since the Unix epoch; undefined when it has none. */
  readonly fleetTimeMs: () => number | undefined
  /** A peer's estimate of fleet time, as it was half a round trip ago. */
  readonly heardTime: (peer: PeerIdText, wallMs: number, rttMs: number) => void
}

export type LivenessTuning = Pick<MeshTuning, 'watchers' | 'watchedBeatMs' | 'beatMs' | 'pingDeadlineMs'>

interface Watched {
  readonly channel: LinkChannel
  readonly pulse: Pulse
  /** Longest time that this member lets pass between two frames to it. */
  periodMs: number
  /** When the last frame that shows nothing but life was asked for. */
  beatMs: number
  sampleDueMs: number
}

/**
 * Shows life and looks for it. Every member is heard often by a few watchers and seldom by its other neighbours; whatever is said for any
 * other reason counts. Silence is followed by a ping, and a ping without an answer ends the link. What ends one link makes the others be looked at.
 */
export class Liveness {
  readonly #deps: LivenessDeps
  readonly #tuning: LivenessTuning
  readonly #links = new Map<PeerIdText, Watched>()
  #watchers: ReadonlySet<PeerIdText> = new Set()
  #pings = 0
  #cancel: Cancel = () => undefined
  #dueMs = Infinity
  #probedAllMs = -Infinity
  readonly #suspects = new Map<PeerIdText, number>()

  constructor(deps: LivenessDeps, tuning: LivenessTuning) {
    this.#deps = deps
    this.#tuning = tuning
  }

  pulseOf(peer: PeerIdText): Pulse | undefined {
    return this.#links.get(peer)?.pulse
  }

  /** Whether one of the two looks after the other. */
  isWatch(peer: PeerIdText): boolean {
    const promisedMs = this.#links.get(peer)?.pulse.promisedMs ?? Infinity
    return this.#watchers.has(peer) || promisedMs <= this.#tuning.watchedBeatMs + slackMs
  }

  opened(channel: LinkChannel): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const pulse = new Pulse(nowMs, this.#tuning.beatMs)
    const sampleDueMs = nowMs + jittered(firstSampleMs, this.#deps.random)
    this.#links.set(channel.link.id, { channel, pulse, periodMs: 0, beatMs: nowMs, sampleDueMs })
    this.#watch()
    this.#arm()
  }

  closed(peer: PeerIdText): void {
    if (!this.#links.delete(peer)) return
    this.#watch()
    this.#arm()
  }

  stop(): void {
    this.#cancel()
    this.#dueMs = Infinity
    this.#links.clear()
    this.#suspects.clear()
  }

  heard(peer: PeerIdText, frame: LinkFrame): void {
    const watched = this.#links.get(peer)
    if (watched === undefined) return
    const { pulse, channel } = watched
    const nowMs = this.#deps.clock.monotonicMs()
    pulse.heard(nowMs)
    if (frame.q !== undefined) channel.say({ a: [frame.q, Math.round(this.#deps.fleetTimeMs() ?? -1)] }, 'now')
    if (frame.a !== undefined) {
      const [number, wallMs] = frame.a
      pulse.answered(number, nowMs)
      if (wallMs >= 0 && pulse.rttMs !== undefined) this.#deps.heardTime(peer, wallMs, pulse.rttMs)
    }
    if (frame.b === undefined) return
    pulse.promised(frame.b)
    if (pulse.due.atMs < this.#dueMs) this.#arm()
  }

  /** A frame goes to the peer: a ping for the round trip goes with it when one is due. */
  riding(peer: PeerIdText): void {
    const watched = this.#links.get(peer)
    const nowMs = this.#deps.clock.monotonicMs()
    if (watched !== undefined && nowMs >= watched.sampleDueMs) this.#sample(watched, nowMs)
  }

  /** Another member lost it. */
  suspect(peer: PeerIdText): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const watched = this.#links.get(peer)
    if (watched !== undefined) this.#probe(watched, nowMs)
    this.#suspects.delete(peer)
    this.#suspects.set(peer, nowMs)
    for (const [other, atMs] of this.#suspects) {
      if (nowMs - atMs <= manyWithinMs) break
      this.#suspects.delete(other)
    }
    const many = Math.max(manySuspects, this.#deps.fleetSize() * manySuspectsShare)
    if (this.#suspects.size >= many && nowMs - this.#probedAllMs >= probeAllGapMs) this.#probeAll(nowMs)
    this.#arm()
  }

  /** Promises to each peer when it will hear from this member. */
  #watch(): void {
    const { self, random } = this.#deps
    const links = [...this.#links.values()].map(({ channel }) => channel.link)
    this.#watchers = chooseWatchers(self, links, this.#tuning.watchers)
    for (const [peer, watched] of this.#links) {
      const often = this.#watchers.has(peer)
      const { watchedBeatMs, beatMs } = this.#tuning
      if (often === (watched.periodMs === watchedBeatMs)) if (watched.periodMs > 0) continue
      watched.periodMs = often ? watchedBeatMs : jittered(beatMs, random)
      // A longer silence can be promised later, by a frame that goes anyway.
      watched.channel.say({ b: Math.ceil(watched.periodMs + slackMs) }, often ? 'now' : 'rides')
    }
  }

  #arm(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    let dueMs = this.#deafDueMs()
    for (const watched of this.#links.values()) {
      dueMs = Math.min(dueMs, watched.pulse.due.atMs, this.#beatDueMs(watched))
      if (watched.pulse.rttMs === undefined) dueMs = Math.min(dueMs, watched.sampleDueMs)
    }
    // What is overdue by now is not due before now: how late the timer is tells whether this process stood still.
    dueMs = Math.max(dueMs, nowMs)
    if (dueMs === this.#dueMs) return
    this.#cancel()
    this.#dueMs = dueMs
    if (dueMs === Infinity) return
    this.#cancel = this.#deps.clock.schedule(dueMs - nowMs, () => this.#check())
  }

  #check(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const lateMs = nowMs - this.#dueMs
    this.#dueMs = Infinity
    if (lateMs > stallMs) for (const { pulse } of this.#links.values()) pulse.excuse(lateMs)
    for (const watched of [...this.#links.values()]) this.#look(watched, nowMs)
    if (nowMs >= this.#deafDueMs()) this.#probeAll(nowMs)
    this.#arm()
  }

  #look(watched: Watched, nowMs: number): void {
    const { pulse, channel } = watched
    const { atMs, action } = pulse.due
    if (channel.stalledMs(nowMs) > unreadMs) {
      this.#end(watched, `it has read nothing for ${unreadMs} ms`)
    } else if (nowMs < atMs) {
      if (pulse.rttMs === undefined && nowMs >= watched.sampleDueMs) this.#sample(watched, nowMs, 'now')
      else if (nowMs >= this.#beatDueMs(watched)) this.#beat(watched, nowMs)
    } else if (action === 'ask') {
      this.#ping(watched, nowMs)
    } else {
      this.#end(watched, `silent for ${Math.round(nowMs - pulse.heardMs)} ms`)
    }
  }

  #end({ channel }: Watched, why: string): void {
    const { id, name } = channel.link
    this.#deps.logger.info('a link is dead', { peer: id, name, why })
    channel.link.close(new FleetError('TIMEOUT', why))
    this.suspect(id)
  }

  #beatDueMs({ channel, periodMs, beatMs }: Watched): number {
    return Math.max(channel.saidMs, beatMs) + periodMs
  }

  #beat(watched: Watched, nowMs: number): void {
    watched.beatMs = nowMs
    if (!this.#watchers.has(watched.channel.link.id))
      watched.periodMs = jittered(this.#tuning.beatMs, this.#deps.random)
    watched.channel.say({ b: Math.ceil(watched.periodMs + slackMs) }, 'now')
  }

  /** When it is odd that nothing was heard from anyone: every link promised a frame within some time. */
  #deafDueMs(): number {
    let framesPerMs = 0
    let heardMs = -Infinity
    for (const { pulse } of this.#links.values()) {
      if (pulse.isPinged) return Infinity
      framesPerMs += 1 / pulse.promisedMs
      heardMs = Math.max(heardMs, pulse.heardMs)
    }
    return framesPerMs === 0 ? Infinity : heardMs + Math.max(leastDeafMs, missingFrames / framesPerMs)
  }

  #probeAll(nowMs: number): void {
    this.#probedAllMs = nowMs
    this.#suspects.clear()
    for (const watched of this.#links.values()) this.#probe(watched, nowMs)
  }

  #probe(watched: Watched, nowMs: number): void {
    if (!watched.pulse.isPinged && nowMs - watched.pulse.heardMs > freshMs) this.#ping(watched, nowMs)
  }

  #ping(watched: Watched, nowMs: number): void {
    const number = this.#nextPing()
    watched.pulse.pinged(number, nowMs, this.#tuning.pingDeadlineMs)
    watched.channel.say({ q: number }, 'now')
  }

  #sample(watched: Watched, nowMs: number, urgency: 'now' | 'rides' = 'rides'): void {
    const number = this.#nextPing()
    const meanMs = watched.pulse.rttMs === undefined ? secondSampleMs : sampleMs
    watched.sampleDueMs = nowMs + jittered(meanMs, this.#deps.random)
    watched.pulse.sampled(number, nowMs)
    watched.channel.say({ q: number }, urgency)
  }

  #nextPing(): number {
    this.#pings = (this.#pings + 1) >>> 0
    return this.#pings
  }
}
