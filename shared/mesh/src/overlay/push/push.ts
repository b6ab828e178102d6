import { type Cancel, type Clock, Emitter, FleetError, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { LinkFrame } from '@wrale/protocol/wire'
import { jittered, type MeshTuning } from '../../tuning.ts'
import type { ReceiveVerdict } from '../../types.ts'
import { type RecordId, recordIdFrom, recordIdOf } from '../record-id.ts'
import { type Recent, RecentRecords } from './recent-records.ts'
import { Tree } from './tree.ts'
import { Wants } from './wants.ts'

/** How long a record that was asked for may take, ms. */
const answerMs = 1500
/** Lazy links that are made eager when an eager one is lost: one of them likely leads to where the lost one led. */
const graftsAfterLoss = 3
/** Least time between two links that this member takes out of the tree, ms: records that cross each other must not tear it apart. */
const pruneGapMs = 100

/** Pushed records of which it is remembered whether they came later than word of them, the share at which the tree is too slow, and for how long, ms. */
const remembered = 32
const slowShare = 0.06
const slowForMs = 300_000
/** Links that each member keeps in the tree, and in a slow one, so that a packet that was lost on one does not hold up all who are behind it. */
const leastEager = 1
const leastEagerWhenSlow = 3

/** A record that was said longer ago than this is not pushed, ms: it would seem to be news. */
const youngMs = 1000

/** How push speaks to a neighbour. Calls for one that is gone are harmless. */
export interface PushVoice {
  push(peer: PeerIdText, records: readonly Recent[]): void
  /** `rides`: with the next frame that goes anyway. */
  tell(peer: PeerIdText, ids: readonly RecordId[], urgency: 'now' | 'rides'): void
  want(peer: PeerIdText, ids: readonly RecordId[]): void
  say(peer: PeerIdText, part: Pick<LinkFrame, 'p' | 'g'>): void
}

export interface PushDeps {
  readonly voice: PushVoice
  /** Checks and keeps a record that a peer pushed. Never throws. */
  readonly receive: (sealed: Uint8Array, from: PeerIdText) => Promise<ReceiveVerdict>
  readonly offence: (peer: PeerIdText, error: FleetError) => void
  /** The peer had records that it could not give when asked. */
  readonly missed: (peer: PeerIdText) => void
  readonly clock: Clock
  readonly random: () => number
}

export type PushTuning = Pick<MeshTuning, 'tellMs' | 'graftAfterMs'>

/** Pushes records along a tree of links, and their ids along the others, so that a break in the tree is noticed and mended. */
export class Push {
  readonly #deps: PushDeps
  readonly #tuning: PushTuning
  readonly #recent: RecentRecords
  readonly #tree = new Tree()
  readonly #wants: Wants
  readonly #pushedAgain = new Emitter<Uint8Array>()
  /** When each lazy neighbour was last told of records. */
  readonly #toldMs = new Map<PeerIdText, number>()
  #cancelTelling: Cancel | undefined
  #prunedMs = -Infinity
  readonly #late: boolean[] = []
  #slowUntilMs = -Infinity

  /** A sealed record that was pushed and that is known already. */
  readonly pushedAgain: Signal<Uint8Array> = this.#pushedAgain

  constructor(deps: PushDeps, tuning: PushTuning) {
    this.#deps = deps
    this.#tuning = tuning
    this.#recent = new RecentRecords(deps.clock)
    this.#wants = new Wants(deps.clock, {
      patienceMs: tuning.graftAfterMs,
      answerMs,
      isHere: (id) => this.#recent.standing(id) !== undefined,
      ask: (peer, ids) => {
        this.#tree.setEager(peer, true)
        deps.voice.want(peer, ids)
      },
      missed: deps.missed,
    })
  }

  isEager(peer: PeerIdText): boolean {
    return this.#tree.isEager(peer)
  }

  opened(peer: PeerIdText): void {
    this.#tree.add(peer)
  }

  closed(peer: PeerIdText): void {
    this.#wants.forget(peer)
    this.#toldMs.delete(peer)
    const { wasEager } = this.#tree.remove(peer)
    if (wasEager) this.#graft(graftsAfterLoss)
  }

  stop(): void {
    this.#cancelTelling?.()
    this.#cancelTelling = undefined
    this.#wants.stop()
    for (const peer of [...this.#tree.eager(), ...this.#tree.lazy()]) this.#tree.remove(peer)
  }

  /** This member wrote a record. */
  wrote(sealed: Uint8Array): void {
    const id = recordIdOf(sealed)
    this.#recent.mark(id, 'seen')
    this.#pass([this.#recent.hold(id, sealed, undefined)])
  }

  /**
   * A new record came by a pull. Pushed records count as just said, so only a young one is passed on: that of a member which has just come.
   * @param ageMs how long ago its author said it
   * @returns whether it is pushed; if not, neighbours may still wait for a push of it by someone else
   */
  pulled(sealed: Uint8Array, ageMs: number): boolean {
    const id = recordIdOf(sealed)
    const known = this.#recent.standing(id) !== undefined
    const young = ageMs <= youngMs
    if (!known) this.#recent.mark(id, young ? 'seen' : 'pulled')
    this.#wants.came(id)
    if (!known && young) this.#pass([this.#recent.hold(id, sealed, undefined)])
    return known || young
  }

  async heard(peer: PeerIdText, frame: LinkFrame): Promise<void> {
    if (frame.p === true) this.#pruned(peer)
    if (frame.g === true) this.#tree.setEager(peer, true)
    if (frame.w !== undefined) this.#answer(peer, frame.w)
    if (frame.h !== undefined) this.#told(peer, frame.h)
    if (frame.r !== undefined) await this.#take(peer, frame.r)
  }

  /** A frame is about to go to the peer: ids of what was not pushed to it go with it. */
  riding(peer: PeerIdText): void {
    if (!this.#tree.isEager(peer)) this.#tell(peer, 'rides')
  }

  async #take(from: PeerIdText, records: readonly Uint8Array[]): Promise<void> {
    const fresh: Recent[] = []
    let repeats = 0
    for (const sealed of records) {
      const id = recordIdOf(sealed)
      const standing = this.#recent.standing(id)
      this.#recent.held(id)?.holders.add(from)
      if (standing === 'seen') {
        repeats++
        continue
      }
      // Marked before it is checked: meanwhile it may come from others too.
      this.#recent.mark(id, 'seen')
      this.#noteLate(this.#wants.came(id))
      const verdict = standing === 'pulled' ? 'known' : await this.#deps.receive(sealed, from)
      if (verdict === 'rejected') {
        this.#deps.offence(from, new FleetError('FRAME_INVALID', 'a record that was pushed is not acceptable'))
        return
      }
      // Its author is not known yet, for example. What it lacks may come before the next one.
      if (verdict === 'deferred') this.#recent.unmark(id)
      if (verdict === 'known') this.#pushedAgain.emit(sealed)
      // What is known was pulled before it was pushed: those who pulled too early still wait for the push.
      if (verdict === 'new' || verdict === 'known') fresh.push(this.#recent.hold(id, sealed, from))
    }
    if (fresh.length > 0) {
      this.#tree.setEager(from, true)
      this.#pass(fresh)
    } else if (repeats > 0) this.#prune(from)
  }

  /** Where packets get lost, word of a record by another way is often faster than the record. */
  #noteLate(late: boolean): void {
    this.#late.push(late)
    if (this.#late.length <= remembered) return
    this.#late.shift()
    if (this.#late.filter(Boolean).length / remembered >= slowShare)
      this.#slowUntilMs = this.#deps.clock.monotonicMs() + slowForMs
  }

  #pass(records: readonly Recent[]): void {
    for (const peer of this.#tree.eager()) {
      const lacking = records.filter(({ holders }) => !holders.has(peer))
      if (lacking.length === 0) continue
      this.#deps.voice.push(peer, lacking)
      for (const { holders } of lacking) holders.add(peer)
    }
    this.#cancelTelling ??= this.#deps.clock.schedule(jittered(this.#tuning.tellMs, this.#deps.random), () =>
      this.#tellSomeone(),
    )
  }

  #prune(peer: PeerIdText): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const least = nowMs < this.#slowUntilMs ? leastEagerWhenSlow : leastEager
    if (nowMs - this.#prunedMs < pruneGapMs || this.#tree.eagerCount <= least) return
    this.#prunedMs = nowMs
    this.#tree.setEager(peer, false)
    this.#deps.voice.say(peer, { p: true })
  }

  #pruned(peer: PeerIdText): void {
    this.#tree.setEager(peer, false)
    if (this.#tree.isCutOff) this.#graft(1)
  }

  #graft(count: number): void {
    const lazy = this.#tree.lazy()
    for (let left = Math.min(count, lazy.length); left > 0; left--) {
      const [peer] = lazy.splice(Math.floor(this.#deps.random() * lazy.length), 1)
      if (peer === undefined) return
      this.#tree.setEager(peer, true)
      this.#deps.voice.say(peer, { g: true })
      // What it lacks of the last seconds would otherwise come to it by its own asking, later.
      this.#tell(peer, 'rides')
    }
  }

  #answer(peer: PeerIdText, ids: readonly Uint8Array[]): void {
    this.#tree.setEager(peer, true)
    const records = ids.flatMap((bytes) => this.#recent.held(recordIdFrom(bytes)) ?? [])
    this.#deps.voice.push(peer, records)
    for (const { holders } of records) holders.add(peer)
  }

  #told(peer: PeerIdText, ids: readonly Uint8Array[]): void {
    for (const bytes of ids) {
      const id = recordIdFrom(bytes)
      if (this.#recent.standing(id) === undefined) this.#wants.told(id, peer)
      else this.#recent.held(id)?.holders.add(peer)
    }
  }

  /** Ids of the last seconds that the peer has not heard of from here. */
  #tell(peer: PeerIdText, urgency: 'now' | 'rides'): void {
    const untold = this.#recent.tellable().filter(({ holders }) => !holders.has(peer))
    if (untold.length === 0) return
    this.#toldMs.set(peer, this.#deps.clock.monotonicMs())
    for (const recent of untold) {
      recent.told++
      recent.holders.add(peer)
    }
    this.#deps.voice.tell(
      peer,
      untold.map(({ id }) => id),
      urgency,
    )
  }

  /** Every record's id must reach someone beside the tree, lest a break in it go unnoticed. */
  #tellSomeone(): void {
    this.#cancelTelling = undefined
    const untold = this.#recent.tellable().filter(({ told }) => told === 0)
    if (untold.length === 0) return
    // In turn, so that whoever is cut off from the tree hears of something within a few records, and mends it.
    const [chosen] = this.#tree
      .lazy()
      .filter((peer) => untold.some(({ holders }) => !holders.has(peer)))
      .toSorted((a, b) => (this.#toldMs.get(a) ?? 0) - (this.#toldMs.get(b) ?? 0))
    if (chosen !== undefined) this.#tell(chosen, 'now')
  }
}
