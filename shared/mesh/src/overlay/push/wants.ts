import type { Cancel, Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { RecordId } from '../record-id.ts'

/** Records that are waited for at once. More are left to the next pull. */
const maxWaiting = 1024
/** Who is remembered to have one record. */
const maxHolders = 4
/** Times that a record is asked for, each time of another holder if there is one. */
const maxAttempts = 3

interface Waiting {
  readonly id: RecordId
  readonly holders: PeerIdText[]
  attempts: number
  dueMs: number
}

export interface WantsOptions {
  /** How long a record of which the id came may still come by itself, ms. */
  readonly patienceMs: number
  /** How long a record that was asked for may take, ms. */
  readonly answerMs: number
  readonly isHere: (id: RecordId) => boolean
  readonly ask: (peer: PeerIdText, ids: RecordId[]) => void
  /** Asked for in vain. */
  readonly missed: (peer: PeerIdText) => void
}

/** Records of which neighbours told the ids and that are not here yet. */
export class Wants {
  readonly #clock: Clock
  readonly #options: WantsOptions
  readonly #waiting = new Map<string, Waiting>()
  #cancel: Cancel | undefined

  constructor(clock: Clock, options: WantsOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** A neighbour has it. */
  told(id: RecordId, holder: PeerIdText): void {
    const waiting = this.#waiting.get(id.key)
    if (waiting !== undefined) {
      if (waiting.holders.length < maxHolders && !waiting.holders.includes(holder)) waiting.holders.push(holder)
      return
    }
    if (this.#waiting.size >= maxWaiting) return
    const dueMs = this.#clock.monotonicMs() + this.#options.patienceMs
    this.#waiting.set(id.key, { id, holders: [holder], attempts: 0, dueMs })
    this.#arm()
  }

  /** @returns whether it was waited for */
  came(id: RecordId): boolean {
    return this.#waiting.delete(id.key)
  }

  /** A neighbour is gone. */
  forget(peer: PeerIdText): void {
    for (const { holders } of this.#waiting.values()) {
      const index = holders.indexOf(peer)
      if (index >= 0) holders.splice(index, 1)
    }
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#waiting.clear()
  }

  #arm(): void {
    if (this.#cancel !== undefined || this.#waiting.size === 0) return
    let firstMs = Infinity
    for (const { dueMs } of this.#waiting.values()) firstMs = Math.min(firstMs, dueMs)
    this.#cancel = this.#clock.schedule(Math.max(0, firstMs - this.#clock.monotonicMs()), () => {
      this.#cancel = undefined
      this.#look()
      this.#arm()
    })
  }

  #look(): void {
    const nowMs = this.#clock.monotonicMs()
    const asked = new Map<PeerIdText, RecordId[]>()
    for (const [key, waiting] of this.#waiting) {
      if (waiting.dueMs > nowMs) continue
      const holder = waiting.holders[waiting.attempts % Math.max(1, waiting.holders.length)]
      if (this.#options.isHere(waiting.id) || holder === undefined) {
        this.#waiting.delete(key)
      } else if (waiting.attempts >= maxAttempts) {
        this.#waiting.delete(key)
        this.#options.missed(holder)
      } else {
        waiting.attempts++
        waiting.dueMs = nowMs + this.#options.answerMs
        asked.set(holder, [...(asked.get(holder) ?? []), waiting.id])
      }
    }
    for (const [peer, ids] of asked) this.#options.ask(peer, ids)
  }
}
