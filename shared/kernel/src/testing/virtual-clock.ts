import type { Cancel, Clock } from '../clock.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  /** Undefined once cancelled: it leaves the heap when its time comes, or when such timers have become many. */
  task: (() => void) | undefined
}

/** Cancelled timers that are put up with before the heap is built anew, unless they are the smaller half of it. */
const maxCancelled = 1024

/**
 * A clock that only moves when told to. Timers run in order of time, then of scheduling. Made for simulations of a thousand members: a timer
 * costs the logarithm of how many wait.
 */
export class VirtualClock implements Clock {
  #monotonicMs = 0
  #wallOffsetMs: number
  #order = 0
  #cancelled = 0
  /** Binary heap: no timer is due before its parent at `(index - 1) >> 1`. */
  #heap: Timer[] = []

  constructor(startWallMs = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = startWallMs
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#monotonicMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#heap.length - this.#cancelled
  }

  schedule(delayMs: number, task: () => void): Cancel {
    const timer: Timer = { atMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, task }
    this.#push(timer)
    return () => this.#cancel(timer)
  }

  /** Sets the wall clock, as a person or NTP would; monotonic time and timers are not touched. */
  setWall(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#monotonicMs
  }

  /** Moves time on by `ms`, running what falls due. After each timer all promise callbacks run, and in the end what came from outside. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop()
      const { task } = next
      if (task === undefined) {
        this.#cancelled--
        continue
      }
      next.task = undefined
      this.#monotonicMs = next.atMs
      task()
      await promiseCallbacks()
    }
    this.#monotonicMs = untilMs
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #cancel(timer: Timer): void {
    if (timer.task === undefined) return
    timer.task = undefined
    this.#cancelled++
    if (this.#cancelled <= maxCancelled || this.#cancelled * 2 < this.#heap.length) return
    const waiting = this.#heap.filter(({ task }) => task !== undefined)
    // An array in order is a heap.
    this.#heap = waiting.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#cancelled = 0
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !isBefore(timer, parent)) break
      heap[index] = parent
      index = above
    }
    heap[index] = timer
  }

  /** Takes out the first. */
  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const [one, other] = [heap[left], heap[left + 1]]
      if (one === undefined) break
      const [child, below] = other !== undefined && isBefore(other, one) ? [other, left + 1] : [one, left]
      if (!isBefore(child, last)) break
      heap[index] = child
      index = below
    }
    heap[index] = last
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** Node runs its next-tick queue when no promise callback is left, however long the chains: six times as fast as a turn of its event loop. */
function promiseCallbacks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
