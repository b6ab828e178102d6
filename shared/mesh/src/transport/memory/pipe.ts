import type { Clock } from '@wrale/kernel'
import type { MemberClock } from './member-clock.ts'
import { delayedAckMs, maxPayloadBytes, packetsFor, type TrafficCounter } from './traffic.ts'

/** Least wait before a segment is sent again, and the most that it doubles to, ms (Linux: TCP_RTO_MIN, TCP_RTO_MAX). */
const minRetransmitMs = 200
const maxRetransmitMs = 120_000
/** Sums of times differ in their last digit. */
const roundingMs = 1e-6
/** Times that one packet is lost in a row at most. */
const maxLosses = 12

/** A machine on the network. */
export interface Host {
  readonly index: number
  readonly clock: MemberClock
  readonly traffic: TrafficCounter
}

/** The network between two hosts. */
export interface Medium {
  readonly clock: Clock
  readonly random: () => number
  readonly lossRatio: number
  readonly jitterMs: number
  /** Whether packets pass from one to the other now. */
  passes(from: Host, to: Host): boolean
  /** A segment was delivered, for the trace. */
  delivered(from: Host, to: Host, bytes: number): void
  /** Something waits for the network to work again; `resume` tells. */
  stalled(pipe: Pipe): void
  ended(pipe: Pipe): void
}

interface Segment {
  readonly bytes: number
  readonly deliver: () => void
}

/**
 * One direction of a TCP connection: in order, without loss. A packet that the network loses comes late, and holds up what follows; while
 * nothing passes everything waits, and goes on when a retransmission falls into a time when the network works again. It never ends by itself.
 */
export class Pipe {
  readonly from: Host
  readonly to: Host
  readonly #medium: Medium
  readonly #latencyMs: number
  /** Settles what the sender owes for what came the other way: it rides on what goes now. */
  #ride: () => void = () => undefined
  #inFlight: Array<Segment & { readonly atMs: number }> = []
  #lastArrivalMs = 0
  #backlog: Segment[] = []
  #stalledAtMs = 0
  #resuming = false
  #ended = false
  /** Packets that the receiver has not acknowledged yet, and when the last of them came. */
  #owed = 0
  #owedAtMs = 0

  constructor(medium: Medium, from: Host, to: Host, latencyMs: number) {
    this.#medium = medium
    this.from = from
    this.to = to
    this.#latencyMs = latencyMs
  }

  /** Both directions of a connection; acknowledgements ride on what goes the other way. */
  static pair(medium: Medium, near: Host, far: Host, latencyMs: number): [out: Pipe, back: Pipe] {
    const out = new Pipe(medium, near, far, latencyMs)
    const back = new Pipe(medium, far, near, latencyMs)
    out.#ride = () => back.#settle(true)
    back.#ride = () => out.#settle(true)
    return [out, back]
  }

  /** @param bytes payload of this segment or segments */
  send(bytes: number, deliver: () => void): void {
    if (this.#ended) return
    this.from.traffic.sent(packetsFor(bytes), bytes)
    this.#ride()
    const segment = { bytes, deliver }
    if (this.#backlog.length > 0) this.#backlog.push(segment)
    else if (this.#medium.passes(this.from, this.to)) this.#dispatch(segment)
    else this.#hold(...this.#inFlight, segment)
  }

  /** Nothing more is delivered: both ends have forgotten the connection. */
  end(): void {
    this.#settle(false)
    this.#ended = true
    this.#inFlight = []
    this.#backlog = []
    this.#medium.ended(this)
  }

  /** The network works again: goes on at the next retransmission. */
  resume(): void {
    if (this.#resuming || this.#backlog.length === 0) return
    const nowMs = this.#medium.clock.monotonicMs()
    let waitMs = this.#retransmitMs()
    let atMs = this.#stalledAtMs + waitMs
    while (atMs < nowMs) {
      waitMs = Math.min(2 * waitMs, maxRetransmitMs)
      atMs += waitMs
      this.from.traffic.sent(1, 0)
    }
    this.#resuming = true
    this.#medium.clock.schedule(atMs - nowMs, () => this.#flush())
  }

  /** What the receiver still owes rides on what goes the other way, or comes too late for that. */
  #settle(riding: boolean): void {
    if (this.#owed === 0) return
    const late = this.#medium.clock.monotonicMs() - this.#owedAtMs > delayedAckMs
    this.#owed = 0
    if (!riding || late) this.#ackPackets(1)
  }

  #ackPackets(count: number): void {
    if (count === 0) return
    this.to.traffic.sent(count, 0)
    this.from.traffic.received(count, 0)
  }

  #dispatch(segment: Segment): void {
    const { clock } = this.#medium
    const nowMs = clock.monotonicMs()
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs + this.#transitMs(segment.bytes))
    this.#inFlight.push({ ...segment, atMs: this.#lastArrivalMs })
    clock.schedule(this.#lastArrivalMs - nowMs, this.#arrive)
  }

  #transitMs(bytes: number): number {
    const { random, lossRatio, jitterMs } = this.#medium
    let slowestMs = 0
    for (let packet = packetsFor(bytes); packet > 0; packet--) {
      let transitMs = this.#latencyMs + jitterMs * random()
      let waitMs = this.#retransmitMs()
      for (let losses = lossRatio > 0 ? 0 : maxLosses; losses < maxLosses; losses++) {
        if (random() >= lossRatio) break
        transitMs += waitMs
        waitMs = Math.min(2 * waitMs, maxRetransmitMs)
        this.from.traffic.sent(1, Math.min(bytes, maxPayloadBytes))
      }
      slowestMs = Math.max(slowestMs, transitMs)
    }
    return slowestMs
  }

  #retransmitMs(): number {
    return Math.max(minRetransmitMs, 4 * this.#latencyMs)
  }

  readonly #arrive = (): void => {
    // The machine takes packets in, but its process reads them when it is awake.
    const { stalledMs } = this.to.clock
    if (stalledMs > 0) {
      this.#medium.clock.schedule(stalledMs, this.#arrive)
      return
    }
    const nowMs = this.#medium.clock.monotonicMs() + roundingMs
    for (let next = this.#inFlight[0]; next !== undefined && next.atMs <= nowMs; next = this.#inFlight[0]) {
      if (this.#backlog.length > 0 || !this.#medium.passes(this.from, this.to)) {
        // What is under way is older than what waits.
        this.#hold(...this.#inFlight)
        return
      }
      this.#inFlight.shift()
      this.#deliver(next)
    }
  }

  #hold(...segments: Segment[]): void {
    const first = this.#backlog.length === 0
    this.#inFlight = []
    this.#backlog = segments.concat(this.#backlog)
    if (!first) return
    this.#stalledAtMs = this.#medium.clock.monotonicMs()
    this.#medium.stalled(this)
  }

  #flush(): void {
    this.#resuming = false
    if (this.#ended) return
    if (!this.#medium.passes(this.from, this.to)) {
      this.#medium.stalled(this)
      return
    }
    const waiting = this.#backlog
    this.#backlog = []
    for (const segment of waiting) {
      this.from.traffic.sent(packetsFor(segment.bytes), segment.bytes)
      this.#dispatch(segment)
    }
  }

  #deliver(segment: Segment): void {
    const packets = packetsFor(segment.bytes)
    this.to.traffic.received(packets, segment.bytes)
    const nowMs = this.#medium.clock.monotonicMs()
    if (nowMs - this.#owedAtMs > delayedAckMs) this.#settle(false)
    // Every second packet is acknowledged at once (RFC 1122, section 4.2.3.2).
    this.#owed += packets
    this.#ackPackets(Math.floor(this.#owed / 2))
    this.#owed %= 2
    this.#owedAtMs = nowMs
    this.#medium.delivered(this.from, this.to, segment.bytes)
    segment.deliver()
  }
}
