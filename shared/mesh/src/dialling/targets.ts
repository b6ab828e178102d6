import { type BackoffOptions, backoffMs, type Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'

/** `static`: configured, dialled for ever. `member`: was linked and got lost. `found`: discovered, not known yet. */
export type TargetKind = 'static' | 'member' | 'found'

export interface Target {
  readonly key: string
  readonly kind: TargetKind
  /** Known for members and found peers; learnt for configured addresses. */
  peer?: PeerIdText
  addresses: readonly string[]
  attempts: number
  dueMs: number
  readonly sinceMs: number
  dialling: boolean
  /** News of the target came while it was being dialled, perhaps at an address that it has left. */
  heardOf: boolean
}

/** Nobody waits longer than a few seconds for a member that was there a moment ago: a switch may just have been restarted. */
const backoffs: Record<TargetKind | 'gone', BackoffOptions> = {
  static: { firstMs: 500, maxMs: 8000 },
  member: { firstMs: 500, maxMs: 4000 },
  gone: { firstMs: 4000, maxMs: 60_000 },
  found: { firstMs: 500, maxMs: 8000 },
}
/** After this long a lost member is dialled rarely, ms. */
const goneMs = 300_000
/** A found peer that does not answer is forgotten after so many attempts; discovery finds it again. */
const foundAttempts = 5

/** Whom to dial, and when. Bounded; decides, but does nothing. */
export class Targets {
  readonly #targets = new Map<string, Target>()
  readonly #clock: Clock
  readonly #maxTargets: number

  constructor(clock: Clock, maxTargets = 512) {
    this.#clock = clock
    this.#maxTargets = maxTargets
  }

  all(): Target[] {
    return [...this.#targets.values()]
  }

  get(key: string): Target | undefined {
    return this.#targets.get(key)
  }

  /** Adds a target, or tells a known one that it is worth trying now. A lost member stays one when it is found again. */
  add(
    kind: TargetKind,
    key: string,
    options: { peer?: PeerIdText; addresses: readonly string[]; delayMs: number },
  ): void {
    const nowMs = this.#clock.monotonicMs()
    const dueMs = nowMs + options.delayMs
    const known = this.#targets.get(key)
    if (known !== undefined) {
      known.addresses = options.addresses
      if (known.dialling) known.heardOf = true
      else known.dueMs = Math.min(known.dueMs, dueMs)
      return
    }
    if (this.#targets.size >= this.#maxTargets && !this.#makeRoom(kind)) return
    const { peer, addresses } = options
    this.#targets.set(key, {
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
    this.#targets.delete(key)
  }

  failed(target: Target): void {
    const nowMs = this.#clock.monotonicMs()
    if (target.heardOf) {
      target.heardOf = false
      target.dueMs = nowMs
      return
    }
    target.attempts++
    if (target.kind === 'found' && target.attempts >= foundAttempts) {
      this.remove(target.key)
      return
    }
    const gone = target.kind === 'member' && nowMs - target.sinceMs > goneMs
    target.dueMs = nowMs + backoffMs(target.attempts - 1, backoffs[gone ? 'gone' : target.kind])
  }

  /** The network seems to be back: everyone is worth trying again soon. */
  retryAll(): void {
    const soonMs = this.#clock.monotonicMs() + 1000
    for (const target of this.#targets.values()) {
      target.attempts = 0
      target.dueMs = Math.min(target.dueMs, soonMs)
    }
  }

  #makeRoom(kind: TargetKind): boolean {
    const victim = this.all().find(
      (target) => target.kind === 'found' || (kind !== 'found' && target.kind === 'member'),
    )
    if (victim === undefined || (kind === 'found' && victim.kind !== 'found')) return false
    this.remove(victim.key)
    return true
  }
}
