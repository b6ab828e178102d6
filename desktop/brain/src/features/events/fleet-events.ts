import { type Cancel, type Clock, FleetError, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Fleet, FleetEvent, Node } from '@wrale/protocol/api'

/** What watchers are told about. */
export interface WatchedFleet {
  readonly changed: Signal<readonly PeerIdText[]>
  nodes(): Node[]
  node(id: PeerIdText): Node | undefined
}

export interface FleetEventsDeps {
  readonly inventory: WatchedFleet
  /** Changes of the station's own link. */
  readonly link: { readonly changed: Signal<unknown> }
  /** Something that watchers may want to ask for is new. */
  readonly revision: { readonly changed: Signal<unknown> }
  readonly fleet: () => Fleet
  readonly clock: Clock
}

export interface FleetEventsOptions {
  /** Least time between two events, ms: what changes in between goes into one. Default 100. */
  readonly coalesceMs?: number
  /** Longest silence on a stream, ms. Default 3000. */
  readonly aliveMs?: number
  /** Most watchers at the same time. Default 64. */
  readonly maxWatchers?: number
  /** Events that wait for one watcher; when there are more, it gets a snapshot in their place. Default 8. */
  readonly maxQueued?: number
}

interface Watcher {
  queue: FleetEvent[]
  /** It missed something: the next thing it gets is a snapshot. */
  behind: boolean
  wake: () => void
}

/** The live stream: one event for each burst of changes, shared by all watchers. */
export class FleetEvents implements Startable {
  readonly #deps: FleetEventsDeps
  readonly #options: Required<FleetEventsOptions>
  readonly #watchers = new Set<Watcher>()
  readonly #pending = new Set<PeerIdText>()
  #lastEventAtMs = -Infinity
  #cancel: Cancel | undefined
  #unsubscribe: Array<() => void> = []
  #stopped = false

  constructor(deps: FleetEventsDeps, options: FleetEventsOptions = {}) {
    this.#deps = deps
    this.#options = { coalesceMs: 100, aliveMs: 3000, maxWatchers: 64, maxQueued: 8, ...options }
  }

  get watcherCount(): number {
    return this.#watchers.size
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    const { inventory, link, revision } = this.#deps
    this.#stopped = false
    this.#unsubscribe = [
      inventory.changed.subscribe((ids) => this.#note(ids)),
      link.changed.subscribe(() => this.#note([])),
      revision.changed.subscribe(() => this.#note([])),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
    this.#cancel?.()
    this.#cancel = undefined
    this.#stopped = true
    for (const watcher of this.#watchers) watcher.wake()
  }

  /**
   * A snapshot, then changes, until the signal aborts or the station stops.
   * @throws FleetError RATE_LIMITED when there are too many watchers
   */
  async *watch(signal: AbortSignal): AsyncGenerator<FleetEvent, void> {
    if (this.#watchers.size >= this.#options.maxWatchers) {
      throw new FleetError('RATE_LIMITED', `${this.#options.maxWatchers} watchers are connected already`)
    }
    const watcher: Watcher = { queue: [], behind: true, wake: () => undefined }
    const onAbort = (): void => watcher.wake()
    this.#watchers.add(watcher)
    signal.addEventListener('abort', onAbort)
    try {
      while (!signal.aborted && !this.#stopped) {
        const event = this.#next(watcher)
        if (event !== undefined) yield event
        else if (!(await this.#somethingFor(watcher))) yield { type: 'alive', at: this.#now() }
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#watchers.delete(watcher)
    }
  }

  #next(watcher: Watcher): FleetEvent | undefined {
    if (!watcher.behind) return watcher.queue.shift()
    watcher.behind = false
    watcher.queue = []
    const { fleet, inventory } = this.#deps
    return { type: 'snapshot', at: this.#now(), fleet: fleet(), nodes: inventory.nodes() }
  }

  /** @returns false when nothing came for so long that the watcher must be told that the stream is alive */
  #somethingFor(watcher: Watcher): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.schedule(this.#options.aliveMs, () => {
        watcher.wake = () => undefined
        resolve(false)
      })
      watcher.wake = () => {
        watcher.wake = () => undefined
        cancel()
        resolve(true)
      }
    })
  }

  #note(ids: readonly PeerIdText[]): void {
    for (const id of ids) this.#pending.add(id)
    if (this.#cancel !== undefined) return
    const { clock } = this.#deps
    const waitMs = Math.max(0, this.#lastEventAtMs + this.#options.coalesceMs - clock.monotonicMs())
    this.#cancel = clock.schedule(waitMs, () => this.#send())
  }

  #send(): void {
    this.#cancel = undefined
    const { inventory, fleet, clock } = this.#deps
    this.#lastEventAtMs = clock.monotonicMs()
    const ids = [...this.#pending]
    this.#pending.clear()
    if (this.#watchers.size === 0) return
    const nodes = ids.flatMap((id) => inventory.node(id) ?? [])
    const removed = ids.filter((id) => inventory.node(id) === undefined)
    const event: FleetEvent = { type: 'changed', at: this.#now(), fleet: fleet(), nodes, removed }
    for (const watcher of this.#watchers) {
      if (watcher.behind) continue
      if (watcher.queue.length >= this.#options.maxQueued) {
        watcher.behind = true
        watcher.queue = []
      } else watcher.queue.push(event)
      watcher.wake()
    }
  }

  #now(): string {
    return new Date(this.#deps.clock.wallMs()).toISOString()
  }
}
