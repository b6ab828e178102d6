import type { FleetNews } from '../backend/backend.ts'

/** Two events in a row as one with the same outcome. What waits never holds more than the fleet itself, however long it waits. */
export function mergeEvents(first: FleetNews, second: FleetNews): FleetNews {
  if (second.type === 'snapshot') return second
  const nodes = new Map(first.nodes.map((node) => [node.id, node]))
  for (const node of second.nodes) nodes.set(node.id, node)
  for (const id of second.removed) nodes.delete(id)
  const base = { at: second.at, fleet: second.fleet, nodes: [...nodes.values()] }
  if (first.type === 'snapshot') return { type: 'snapshot', ...base }
  const back = new Set<string>(second.nodes.map(({ id }) => id))
  const removed = new Set([...first.removed.filter((id) => !back.has(id)), ...second.removed])
  return { type: 'changed', ...base, removed: [...removed] }
}

export interface FrameScheduler {
  request(task: () => void): number
  readonly cancel: (handle: number) => void
}

export const animationFrames: FrameScheduler = {
  request: (task) => requestAnimationFrame(task),
  cancel: (handle) => cancelAnimationFrame(handle),
}

/** Hands events on at most once an animation frame, merged. A hidden page has no frames: it catches up when it is shown. */
export class EventFrame {
  readonly #apply: (event: FleetNews) => void
  readonly #frames: FrameScheduler
  #pending: FleetNews | undefined
  #handle: number | undefined

  constructor(apply: (event: FleetNews) => void, frames: FrameScheduler = animationFrames) {
    this.#apply = apply
    this.#frames = frames
  }

  push(event: FleetNews): void {
    this.#pending = this.#pending === undefined ? event : mergeEvents(this.#pending, event)
    this.#handle ??= this.#frames.request(() => {
      this.#handle = undefined
      const pending = this.#pending
      this.#pending = undefined
      if (pending !== undefined) this.#apply(pending)
    })
  }

  /** Drops what waits. */
  clear(): void {
    if (this.#handle !== undefined) this.#frames.cancel(this.#handle)
    this.#handle = undefined
    this.#pending = undefined
  }
}
