import { type BackoffOptions, backoffMs, type Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'

/** `static`: configured, dialled for ever. `lost`: was linked. `stray`: nothing is heard of it. `found`: one of those that could be linked. */
export type CandidateKind = 'static' | 'lost' | 'stray' | 'found'

export interface Candidate {
  readonly key: string
  kind: CandidateKind
  /** Learnt for configured addresses. */
  peer?: PeerIdText
  addresses: readonly string[]
  attempts: number
  dueMs: number
  readonly sinceMs: number
  dialling: boolean
  /** News of it came while it was being dialled, perhaps at an address that it has left. */
  heardOf: boolean
}

/** Nobody waits longer than a few seconds for a member that was there a moment ago: a switch may just have been restarted. */
const backoffs: Record<CandidateKind | 'gone', BackoffOptions> = {
  static: { firstMs: 500, maxMs: 8000 },
  lost: { firstMs: 500, maxMs: 4000 },
  stray: { firstMs: 4000, maxMs: 60_000 },
  gone: { firstMs: 4000, maxMs: 60_000 },
  found: { firstMs: 1000, maxMs: 8000 },
}
/** After this long a lost member is dialled rarely, ms. */
const goneMs = 300_000
/** Who was never linked is forgotten after so many attempts, until it is heard of again. */
const foundAttempts = 5
const ranks: Record<CandidateKind, number> = { static: 3, lost: 2, stray: 1, found: 0 }

/** Members and addresses that could be dialled, and from when. Bounded; decides nothing. */
export class Candidates {
  readonly #candidates = new Map<string, Candidate>()
  readonly #clock: Clock
  readonly #random: () => number
  readonly #maxCandidates: number

  constructor(clock: Clock, random: () => number, maxCandidates = 256) {
    this.#clock = clock
    this.#random = random
    this.#maxCandidates = maxCandidates
  }

  all(): Candidate[] {
    return [...this.#candidates.values()]
  }

  get(key: string): Candidate | undefined {
    return this.#candidates.get(key)
  }

  /** Adds a candidate, or tells a known one that it is worth trying now. One that matters more than before is treated so. */
  add(
    kind: CandidateKind,
    key: string,
    options: { readonly peer?: PeerIdText; readonly addresses: readonly string[]; readonly delayMs: number },
  ): void {
    const nowMs = this.#clock.monotonicMs()
    const dueMs = nowMs + options.delayMs
    const known = this.#candidates.get(key)
    if (known !== undefined) {
      known.addresses = options.addresses
      if (ranks[kind] > ranks[known.kind]) known.kind = kind
      if (known.dialling) known.heardOf = true
      else known.dueMs = Math.min(known.dueMs, dueMs)
      return
    }
    if (this.#candidates.size >= this.#maxCandidates && !this.#makeRoom(kind)) return
    const { peer, addresses } = options
    this.#candidates.set(key, {
      key,
      kind,
      addresses,
      attempts: 0,
      dueMs,
      sinceMs: nowMs,
      dialling: false,
      heardOf: false,
      ...(peer === undefined ? {} : { peer }),
    })
  }

  remove(key: string): void {
    this.#candidates.delete(key)
  }

  /** It is linked. What is configured stays. */
  linked(peer: PeerIdText): void {
    if (this.#candidates.get(peer)?.kind !== 'static') this.remove(peer)
    for (const candidate of this.#candidates.values()) if (candidate.peer === peer) candidate.attempts = 0
  }

  failed(candidate: Candidate): void {
    const nowMs = this.#clock.monotonicMs()
    if (candidate.heardOf) {
      candidate.heardOf = false
      candidate.dueMs = nowMs
      return
    }
    candidate.attempts++
    if ((candidate.kind === 'found' || candidate.kind === 'stray') && candidate.attempts >= foundAttempts) {
      this.remove(candidate.key)
      return
    }
    const gone = candidate.kind === 'lost' && nowMs - candidate.sinceMs > goneMs
    candidate.dueMs =
      nowMs + backoffMs(candidate.attempts - 1, backoffs[gone ? 'gone' : candidate.kind], this.#random())
  }

  /** The network seems to be back: everyone is worth trying again soon. */
  retryAll(): void {
    const soonMs = this.#clock.monotonicMs() + 1000
    for (const candidate of this.#candidates.values()) {
      candidate.attempts = 0
      candidate.dueMs = Math.min(candidate.dueMs, soonMs)
    }
  }

  #makeRoom(kind: CandidateKind): boolean {
    let victim: Candidate | undefined
    for (const candidate of this.#candidates.values())
      if (!candidate.dialling && (victim === undefined || ranks[candidate.kind] < ranks[victim.kind]))
        victim = candidate
    if (victim === undefined || ranks[victim.kind] > ranks[kind] || (kind === 'found' && victim.kind === 'found'))
      return false
    this.remove(victim.key)
    return true
  }
}
