import type { Cancel, Clock } from '../clock.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly task: () => void
}

/** A clock that only moves when told to. Timers run in order of time, then of scheduling. */
export class VirtualClock implements Clock {
  #monotonicMs = 0
  #wallOffsetMs: number
  #order = 0
  readonly #timers = new Set<Timer>()

  constructor(startWallMs = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = startWallMs
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#monotonicMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  schedule(delayMs: number, task: () => void): Cancel {
    const timer: Timer = { atMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Sets the wall clock, as a person or NTP would; monotonic time and timers are not touched. */
  setWall(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#monotonicMs
  }

  /** Moves time on by `ms`, running what falls due, and lets promise callbacks run after each timer. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers.delete(next)
      this.#monotonicMs = next.atMs
      next.task()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#monotonicMs = untilMs
  }

  #next(untilMs: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.atMs > untilMs) continue
      if (first === undefined || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order))
        first = timer
    }
    return first
  }
}
