import { type FleetClient, type FleetWatch, watchFleet } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import type { Fleet, Node } from '@wrale/protocol/api'

/** What the station's live stream has told so far. */
export interface FleetPicture {
  readonly fleet: Fleet
  /** By name. */
  readonly nodes: ReadonlyMap<string, Node>
  /** Wall clock of this process when the picture became this, ms since the Unix epoch. */
  readonly atMs: number
}

const backoff = { firstMs: 100, maxMs: 500 }

/** Watches a station as the web page does: one WebSocket, changes pushed. */
export class FleetView {
  readonly #end = new AbortController()
  readonly #watch: FleetWatch
  readonly #listeners = new Set<(picture: FleetPicture) => void>()
  readonly #close: () => void
  #picture: FleetPicture | undefined
  #connection = 'connecting'

  /** `close` ends what the client needs; called by {@link stop}. */
  constructor(client: FleetClient, close: () => void) {
    this.#close = close
    this.#watch = watchFleet(
      client,
      {
        onSnapshot: ({ fleet, nodes }) => this.#show(fleet, new Map(nodes.map((node) => [node.name, node]))),
        onChange: ({ fleet, nodes, removed }) => {
          const kept = [...(this.#picture?.nodes.values() ?? [])].filter(({ id }) => !removed.includes(id))
          this.#show(fleet, new Map([...kept, ...nodes].map((node) => [node.name, node])))
        },
        onConnection: (connection) => {
          this.#connection =
            'error' in connection ? `${connection.state}, ${connection.error.message}` : connection.state
        },
      },
      { signal: this.#end.signal, backoff },
    )
  }

  /** Undefined before the first snapshot. */
  get picture(): FleetPicture | undefined {
    return this.#picture
  }

  /** The node of that name; NOT_FOUND while the station has not told of it. */
  node(name: string): Node {
    const node = this.#picture?.nodes.get(name)
    if (node === undefined) throw new FleetError('NOT_FOUND', `The station has not told of a node called ${name}`)
    return node
  }

  /** Calls `listener` with every new picture until the returned function is called. */
  onPicture(listener: (picture: FleetPicture) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves with the first picture, the present one included, for which `holds`. TIMEOUT after `timeoutMs` (default 15 000) names
   * `what` and quotes the last picture.
   */
  async until(
    what: string,
    holds: (picture: FleetPicture) => boolean,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<FleetPicture> {
    const { timeoutMs = 15_000 } = options
    if (this.#picture !== undefined && holds(this.#picture)) return this.#picture
    const { promise, resolve, reject } = Promise.withResolvers<FleetPicture>()
    const stopListening = this.onPicture((picture) => {
      if (holds(picture)) resolve(picture)
    })
    const timer = setTimeout(
      () => reject(new FleetError('TIMEOUT', `${what}: not within ${timeoutMs} ms; ${this.describe()}`, { timeoutMs })),
      timeoutMs,
    )
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      stopListening()
    }
  }

  /** The present picture in one line, for messages. */
  describe(): string {
    if (this.#picture === undefined) return `nothing seen (${this.#connection})`
    const { fleet, nodes } = this.#picture
    const states = [...nodes.values()].map(({ name, state, lastSeen }) => `${name}=${state}@${lastSeen ?? 'never'}`)
    return `link ${fleet.station.link}, ${this.#connection}, ${states.toSorted().join(' ')}`
  }

  async stop(): Promise<void> {
    this.#end.abort()
    this.#close()
    await this.#watch.done
  }

  #show(fleet: Fleet, nodes: ReadonlyMap<string, Node>): void {
    const picture: FleetPicture = { fleet, nodes, atMs: Date.now() }
    this.#picture = picture
    for (const listener of [...this.#listeners]) listener(picture)
  }
}
