import type { Cancel, Clock } from './clock.ts'

export interface CoalescerOptions {
  /** Least time between two reports of one key, ms. Default 60,000. */
  readonly perKeyMs?: number
  /** Most reports of one kind within `perKindMs`. Default 7: the first, and six more. */
  readonly perKind?: number
  /** Default 3,600,000 ms. */
  readonly perKindMs?: number
  /** Longest time that something waits before it is looked at again, ms. Default 60,000. */
  readonly checkMs?: number
  /** Most keys, and most kinds, that are told apart; of further ones the oldest is forgotten, or they are counted together. Default 256. */
  readonly maxKeys?: number
}

/** Some happenings in one. */
export interface Report<T> {
  readonly kind: string
  /** The latest of them. */
  readonly latest: T
  /** How many there were. */
  readonly count: number
  /** How many keys they had; at least, when there were too many to tell apart. */
  readonly keys: number
}

/**
 * Makes few reports of many happenings: the first at once; what repeats is counted and told later, as one. However much happens, and
 * whatever keys it comes under, one kind is told of at most `perKind` times in `perKindMs`.
 */
export class Coalescer<T> {
  readonly #clock: Clock
  readonly #tell: (report: Report<T>) => void
  readonly #options: Required<CoalescerOptions>
  /** When each key was told of last. */
  readonly #told = new Map<string, number>()
  /** When each kind was told of lately. */
  readonly #kinds = new Map<string, number[]>()
  readonly #waiting = new Map<string, Report<T>>()
  #cancel: Cancel | undefined

  constructor(clock: Clock, tell: (report: Report<T>) => void, options: CoalescerOptions = {}) {
    this.#clock = clock
    this.#tell = tell
    this.#options = { perKeyMs: 60_000, perKind: 7, perKindMs: 3_600_000, checkMs: 60_000, maxKeys: 256, ...options }
  }

  /** @param key tells apart what is counted apart, within its kind */
  note(kind: string, key: string, happening: T): void {
    const own = `${kind} ${key}`
    const waiting = this.#waiting.get(own)
    if (waiting === undefined && this.#isDue(own) && this.#room(kind) > 0) {
      this.#report(own, { kind, latest: happening, count: 1, keys: 1 })
      return
    }
    const roomToTellApart = waiting !== undefined || this.#waiting.size < this.#options.maxKeys
    this.#wait(roomToTellApart ? own : kind, kind, happening)
    this.#cancel ??= this.#clock.schedule(this.#options.checkMs, () => this.#check())
  }

  /** Leaves no timer behind. What waits is not told any more. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#waiting.clear()
  }

  #check(): void {
    this.#cancel = undefined
    const kinds = new Set([...this.#waiting.values()].map(({ kind }) => kind))
    for (const kind of kinds) this.#tellOf(kind)
    if (this.#waiting.size > 0) this.#cancel = this.#clock.schedule(this.#options.checkMs, () => this.#check())
  }

  #tellOf(kind: string): void {
    const due = [...this.#waiting].filter(([own, waiting]) => waiting.kind === kind && this.#isDue(own))
    const room = this.#room(kind)
    if (due.length === 0 || room === 0) return
    for (const [own] of due) this.#waiting.delete(own)
    // A single report of all leaves room for what comes next.
    if (due.length < room) for (const [own, waiting] of due) this.#report(own, waiting)
    else this.#report(kind, due.map(([, waiting]) => waiting).reduce(together))
  }

  #wait(own: string, kind: string, latest: T): void {
    const before = this.#waiting.get(own)
    this.#waiting.set(own, { kind, latest, count: (before?.count ?? 0) + 1, keys: 1 })
  }

  #isDue(own: string): boolean {
    return this.#clock.monotonicMs() - (this.#told.get(own) ?? -Infinity) >= this.#options.perKeyMs
  }

  #room(kind: string): number {
    const { perKind, perKindMs } = this.#options
    const since = this.#clock.monotonicMs() - perKindMs
    return perKind - (this.#kinds.get(kind) ?? []).filter((at) => at > since).length
  }

  #report(own: string, report: Report<T>): void {
    const now = this.#clock.monotonicMs()
    const since = now - this.#options.perKindMs
    const lately = (this.#kinds.get(report.kind) ?? []).filter((at) => at > since)
    this.#kinds.delete(report.kind)
    this.#kinds.set(report.kind, [...lately, now])
    this.#told.delete(own)
    this.#told.set(own, now)
    for (const map of [this.#told, this.#kinds]) {
      const [oldest] = map.keys()
      if (map.size > this.#options.maxKeys && oldest !== undefined) map.delete(oldest)
    }
    this.#tell(report)
  }
}

function together<T>(a: Report<T>, b: Report<T>): Report<T> {
  return { kind: a.kind, latest: b.latest, count: a.count + b.count, keys: a.keys + b.keys }
}
