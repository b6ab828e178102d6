import { Emitter, FleetError } from '@wrale/kernel'
import type { Edge, EdgeWatch, WatchOptions } from './gpio.ts'
import type { Level } from './settings.ts'

const maxCapacity = 1024

/** The line's side of a watch. */
export class EdgeQueue implements EdgeWatch {
  readonly arrived = new Emitter<void>()
  readonly #line: string
  readonly #wanted: NonNullable<WatchOptions['edge']>
  readonly #capacity: number
  readonly #onClose: (queue: EdgeQueue) => void
  #waiting: Edge[] = []
  #sequence = 0
  #overflow = 0
  #closed = false

  constructor(
    deps: { readonly line: string; readonly onClose: (queue: EdgeQueue) => void },
    options: WatchOptions = {},
  ) {
    const { edge = 'both', capacity = 64 } = options
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > maxCapacity) {
      throw new FleetError('INPUT_INVALID', `a watch holds 1 to ${maxCapacity} edges`, { capacity })
    }
    this.#line = deps.line
    this.#onClose = deps.onClose
    this.#wanted = edge
    this.#capacity = capacity
  }

  get overflow(): number {
    return this.#overflow
  }

  push(level: Level, atMs: number): void {
    const kind = level === 'on' ? 'rising' : 'falling'
    if (this.#closed || (this.#wanted !== 'both' && this.#wanted !== kind)) return
    const wasEmpty = this.#waiting.length === 0
    if (this.#waiting.length === this.#capacity) {
      this.#waiting.shift()
      this.#overflow++
    }
    this.#waiting.push({ line: this.#line, kind, level, atMs, sequence: ++this.#sequence })
    if (wasEmpty) this.arrived.emit()
  }

  take(): readonly Edge[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#onClose(this)
  }
}
