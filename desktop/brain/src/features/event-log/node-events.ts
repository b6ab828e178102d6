import { type Clock, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { NodeState } from '@wrale/protocol/api'
import type { EventBody } from '@wrale/protocol/records'
import type { EventLog } from './event-log.ts'

const lostName = 'node.lost'
const returnedName = 'node.returned'
/** Most nodes that one event names. */
const maxNamed = 64
/** Nodes up to which each gets an event of its own. */
const maxSingle = 4

type Presence = 'present' | 'absent'

interface Watched {
  /** What was settled on last. */
  presence: Presence
  /** What it looks like now, and since when (monotonic ms); undefined when that is what was settled on. */
  turning: { readonly to: Presence; readonly sinceMs: number } | undefined
}

interface SeenNode {
  readonly id: PeerIdText
  readonly name: string
  readonly state: NodeState
}

export interface NodeEventsDeps {
  readonly inventory: {
    readonly changed: Signal<readonly PeerIdText[]>
    nodes(): readonly SeenNode[]
    node(id: PeerIdText): SeenNode | undefined
  }
  readonly log: Pick<EventLog, 'newest' | 'added' | 'write'>
  readonly clock: Clock
  readonly logger: Logger
}

export interface NodeEventsOptions {
  /** How long a node must be lost, or back, before that is recorded, ms. Default 10,000. */
  readonly settleMs?: number
  /** Between two looks, ms. Default 1000. */
  readonly checkMs?: number
}

/**
 * Records which nodes were lost and came back. A node that flaps is recorded when it settles, several at once go into one event, and of
 * several stations that see the same the first records it.
 */
export class NodeEvents implements Startable {
  readonly #deps: NodeEventsDeps
  readonly #options: Required<NodeEventsOptions>
  readonly #nodes = new Map<PeerIdText, Watched>()
  /** What the log said last of each node, whoever wrote it. */
  readonly #recorded = new Map<PeerIdText, Presence>()
  #stops: Array<() => unknown> = []

  constructor(deps: NodeEventsDeps, options: NodeEventsOptions = {}) {
    this.#deps = deps
    this.#options = { settleMs: 10_000, checkMs: 1000, ...options }
  }

  async start(): Promise<void> {
    if (this.#stops.length > 0) return
    const { inventory, log, clock, logger } = this.#deps
    for (const { record } of [...log.newest()].toReversed()) this.#heed(record.body)
    this.#look(inventory.nodes())
    this.#stops = [
      log.added.subscribe(({ record }) => this.#heed(record.body)),
      inventory.changed.subscribe((ids) => this.#look(ids.flatMap((id) => inventory.node(id) ?? []))),
      repeat(
        clock,
        this.#options.checkMs,
        () => this.#settle(),
        (error) => logger.error('lost and returned nodes could not be recorded', { error }),
      ),
    ]
  }

  async stop(): Promise<void> {
    const stops = this.#stops
    this.#stops = []
    for (const stop of stops) await stop()
  }

  #heed({ name, data }: EventBody): void {
    if (name !== lostName && name !== returnedName) return
    const about = data?.['about']
    for (const one of Array.isArray(about) ? about : [about]) {
      const id = peerIdSchema.safeParse(one)
      if (id.success) this.#recorded.set(id.data, name === lostName ? 'absent' : 'present')
    }
  }

  #look(nodes: readonly SeenNode[]): void {
    const now = this.#deps.clock.monotonicMs()
    for (const { id, state } of nodes) {
      const presence = presenceOf(state)
      if (presence === undefined) continue
      // What was recorded is what was settled on, by this station in an earlier life or by another; a node that is met is no news.
      const node = this.#nodes.get(id) ?? { presence: this.#recorded.get(id) ?? 'present', turning: undefined }
      this.#nodes.set(id, node)
      if (presence === node.presence) node.turning = undefined
      else if (node.turning?.to !== presence) node.turning = { to: presence, sinceMs: now }
    }
  }

  async #settle(): Promise<void> {
    const { clock, inventory } = this.#deps
    const before = clock.monotonicMs() - this.#options.settleMs
    const news: Record<Presence, SeenNode[]> = { present: [], absent: [] }
    for (const [id, node] of this.#nodes) {
      const seen = inventory.node(id)
      if (seen === undefined) {
        this.#nodes.delete(id)
        this.#recorded.delete(id)
      }
      if (seen === undefined || node.turning === undefined || node.turning.sinceMs > before) continue
      node.presence = node.turning.to
      node.turning = undefined
      if ((this.#recorded.get(id) ?? 'present') !== node.presence) news[node.presence].push(seen)
    }
    await this.#record(lostName, news.absent)
    await this.#record(returnedName, news.present)
  }

  async #record(name: string, nodes: readonly SeenNode[]): Promise<void> {
    const size = nodes.length <= maxSingle ? 1 : maxNamed
    for (let first = 0; first < nodes.length; first += size) {
      await this.#deps.log.write(bodyOf(name, nodes.slice(first, first + size)))
    }
  }
}

/** `stale` and `unknown` say neither. */
function presenceOf(state: NodeState): Presence | undefined {
  if (state === 'lost') return 'absent'
  return state === 'ok' || state === 'warn' || state === 'fail' ? 'present' : undefined
}

function bodyOf(name: string, nodes: readonly SeenNode[]): EventBody {
  const [first] = nodes
  const names = nodes.slice(0, 3).map((node) => node.name)
  const more = nodes.length - names.length
  const who = nodes.length === 1 ? names[0] : `${nodes.length} nodes`
  const which = nodes.length === 1 ? '' : `: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const [verb, severity] =
    name === lostName
      ? ([nodes.length === 1 ? 'is lost' : 'are lost', 'warning'] as const)
      : ([nodes.length === 1 ? 'is back' : 'are back', 'info'] as const)
  const about = nodes.map(({ id }) => id)
  return {
    name,
    severity,
    message: `${who} ${verb}${which}`,
    data: { about: first === undefined || nodes.length > 1 ? about : first.id },
  }
}
