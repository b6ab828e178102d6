import { setTimeout as delay } from 'node:timers/promises'
import { FleetError } from '@wrale/kernel'
import type { SeenNode, StationApi } from './station-api.ts'

/** What the demo follows; narrow, so that a test can stand in for a station. */
export type NodeSource = Pick<StationApi, 'nodes'>

export interface FleetWatcher {
  /** A node has spoken for the first time, or is in another state than before. */
  readonly onChange: (node: SeenNode, isNew: boolean) => void
  /** All expected nodes have spoken. Called once. */
  readonly onComplete: (count: number) => void
}

export interface WatchOptions {
  /** Names of the nodes to follow; others are left out. */
  readonly expected: ReadonlySet<string>
  /** A node that was last heard before this time is only remembered from an earlier run. */
  readonly sinceMs: number
  /** Between two looks while nodes are missing, in milliseconds. Default 250. */
  readonly fastPollMs?: number
  /** Between two looks when all are there, in milliseconds. Default 2000. */
  readonly slowPollMs?: number
}

/** States in a node's own words, as against what the station says of one that is silent. */
const LIVE: ReadonlySet<SeenNode['state']> = new Set(['ok', 'warn', 'fail'])

/** Follows the station's list of nodes until the signal aborts: closely until all are there, then at leisure. */
export async function watchFleet(
  source: NodeSource,
  { expected, sinceMs, fastPollMs = 250, slowPollMs = 2000 }: WatchOptions,
  { onChange, onComplete }: FleetWatcher,
  signal: AbortSignal,
): Promise<void> {
  const states = new Map<string, SeenNode['state']>()
  let complete = false
  while (!signal.aborted) {
    for (const node of await nodesOrNone(source)) {
      const before = states.get(node.name)
      if (before === node.state || !expected.has(node.name)) continue
      if (before === undefined && !isHere(node, sinceMs)) continue
      states.set(node.name, node.state)
      onChange(node, before === undefined)
    }
    if (!complete && states.size === expected.size) {
      complete = true
      onComplete(states.size)
    }
    await delay(complete ? slowPollMs : fastPollMs, undefined, { signal }).catch(() => undefined)
  }
}

function isHere({ state, lastSeen }: SeenNode, sinceMs: number): boolean {
  return LIVE.has(state) && lastSeen !== null && Date.parse(lastSeen) >= sinceMs
}

/** A station that does not answer has ended or is busy; the demo watches its process elsewhere. */
async function nodesOrNone(source: NodeSource): Promise<readonly SeenNode[]> {
  try {
    return await source.nodes()
  } catch (error) {
    if (error instanceof FleetError && error.code === 'UNAVAILABLE') return []
    throw error
  }
}
