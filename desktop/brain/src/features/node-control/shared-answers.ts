import { type Clock, toFleetError } from '@wrale/kernel'

/** Most answers that are held. */
const maxHeld = 512
/** A node that cannot be reached is not tried again by everyone who looks at it. */
const failureHoldsMs = 2000

interface Held {
  readonly answer: Promise<unknown>
  /** Monotonic; undefined while it is under way. */
  untilMs: number | undefined
}

/** Gives several who ask the same within a moment one answer: many screens that look at a node cost it no more than one. */
export class SharedAnswers {
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param holdsMs for how long an answer is given to others; failures hold a little longer. Default: while it is under way */
  get<T>(group: string, key: string, ask: () => Promise<T>, holdsMs = 0): Promise<T> {
    const whole = `${group} ${key}`
    const before = this.#held.get(whole)
    if (before !== undefined && (before.untilMs === undefined || before.untilMs > this.#clock.monotonicMs())) {
      return before.answer as Promise<T>
    }
    const answer = ask()
    const held: Held = { answer, untilMs: undefined }
    const end = (ms: number): void => void (held.untilMs = this.#clock.monotonicMs() + ms)
    answer.then(
      () => end(holdsMs),
      (thrown: unknown) => end(toFleetError(thrown).code === 'UNAVAILABLE' ? failureHoldsMs : 0),
    )
    this.#held.delete(whole)
    this.#held.set(whole, held)
    const [oldest] = this.#held.keys()
    if (this.#held.size > maxHeld && oldest !== undefined) this.#held.delete(oldest)
    return answer
  }

  /** Something changed: who asks from now on is given a new answer. */
  forget(group: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(`${group} `)) this.#held.delete(key)
  }
}
