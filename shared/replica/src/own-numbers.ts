import type { Clock } from '@wrale/kernel'

/** How far numbers may go on above the reserved one while storage refuses. A start leaves as many out, so none is used twice. */
export const headroom = 100_000
/** After so long without a pull, there is nobody who knows more of this member's past than it does itself, ms. */
const patienceMs = 120_000
/** With a pull, others that know more have been pulled from by then too, ms: no one peer need have everything. */
const patiencePulledMs = 10_000

export interface OwnNumbersOptions {
  /** Numbers that are reserved at a time. */
  readonly reserve: number
}

/** Gives this member's own records their numbers: each is used once, whatever kills, full disks and lost stores lie between. */
export class OwnNumbers {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #reserveCeiling: (ceiling: number) => void
  readonly #block: number
  #last = 0
  #reserved = 0
  #doubt: { readonly base: number; readonly sinceMs: number; pulled: boolean } | undefined

  /** @param reserveCeiling makes it known on disk that numbers up to the ceiling may be used; throws when that fails */
  constructor(
    clock: Pick<Clock, 'monotonicMs'>,
    reserveCeiling: (ceiling: number) => void,
    { reserve }: OwnNumbersOptions,
  ) {
    this.#clock = clock
    this.#reserveCeiling = reserveCeiling
    this.#block = reserve
  }

  /** @param reserved highest number that an earlier life may have reserved; 0 when there was none */
  resume(reserved: number): void {
    this.#reserved = reserved
    this.#last = reserved === 0 ? 0 : reserved + headroom
  }

  /** What this member wrote in an earlier life may be known to its peers only. */
  doubtPast(): void {
    // Number 1 would say with `prev` 0 that nothing was before it.
    this.#last = Math.max(this.#last, 1)
    this.#doubt = { base: this.#last, sinceMs: this.#clock.monotonicMs(), pulled: false }
  }

  /** What a peer has of this member's past is here. */
  pulled(): void {
    if (this.#doubt !== undefined) this.#doubt.pulled = true
  }

  /** The past has been in doubt for long enough: who knows more of it has said so by now. */
  get mayTrustPast(): boolean {
    if (this.#doubt === undefined) return false
    const { sinceMs, pulled } = this.#doubt
    return this.#clock.monotonicMs() - sinceMs >= (pulled ? patiencePulledMs : patienceMs)
  }

  trustPast(): void {
    this.#doubt = undefined
  }

  /**
   * The `prev` that a new record may claim. While the past is in doubt it is a number that was never used: nobody who has that record takes
   * this author for complete because of it.
   */
  prev(newestHeld: number): number {
    return Math.max(newestHeld, this.#doubt?.base ?? 0)
  }

  /** A peer has what this member wrote in a life that its storage forgot: numbers go on above it. */
  seen(number: number): void {
    if (number > this.#last) this.#last = number
  }

  /** @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN, STATE_DAMAGED when storage has refused for longer than there are numbers left */
  next(): number {
    const number = this.#last + 1
    if (number > this.#reserved) {
      const ceiling = number + this.#block
      try {
        this.#reserveCeiling(ceiling)
        this.#reserved = ceiling
      } catch (error) {
        if (number > this.#reserved + headroom) throw error
      }
    }
    this.#last = number
    return number
  }
}
