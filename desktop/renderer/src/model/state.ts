import type { Node as FleetNode, NodeState } from '@wrale/protocol/api'

/** Worst first: what needs a person most stands first everywhere. */
export const nodeStates = ['fail', 'lost', 'warn', 'stale', 'unknown', 'ok'] as const satisfies readonly NodeState[]

const rank = new Map<NodeState, number>(nodeStates.map((state, index) => [state, index]))

/** 0 is worst. */
export function stateRank(state: NodeState): number {
  return rank.get(state) ?? nodeStates.length
}

/** One word a state, the same in the CLI, the API and here. */
export const stateWords: Readonly<Record<NodeState, string>> = {
  ok: 'ok',
  warn: 'warn',
  fail: 'fail',
  stale: 'stale',
  lost: 'lost',
  unknown: 'unknown',
}

/** What the word means, for tooltips and help. */
export const stateMeanings: Readonly<Record<NodeState, string>> = {
  ok: 'Says it is well, within its deadline',
  warn: 'Says something is going wrong',
  fail: 'Says something is wrong',
  stale: 'Its next word is overdue; a member still has a link to it',
  lost: 'Overdue, and no member has a link to it',
  unknown: 'A member that has not spoken yet',
}

/** Reason that this page gives for a node of which it hears nothing because it hears nothing at all. */
const pageDisconnected = 'page-disconnected'
/** Reasons that speak of who looks, not of the node. */
const ownReasons: readonly string[] = [pageDisconnected, 'station-isolated']

/** It is quiet because this page or its station hears nobody: that says nothing about the node. */
export function isUnseen({ state, reasons }: Pick<FleetNode, 'state' | 'reasons'>): boolean {
  return state === 'stale' && reasons.some(({ code }) => ownReasons.includes(code))
}

/** A person has to look: the node says so, or it has gone quiet by itself. */
export function needsAttention(node: Pick<FleetNode, 'state' | 'reasons'>): boolean {
  return node.state !== 'ok' && node.state !== 'unknown' && !isUnseen(node)
}

/** Its readings are old: show them with their age, greyed. */
export function isSilent(node: Pick<FleetNode, 'state'>): boolean {
  return node.state === 'stale' || node.state === 'lost' || node.state === 'unknown'
}

/** Worst first; equal states by name, with numbers in names in their natural order. */
export function bySeverity(a: FleetNode, b: FleetNode): number {
  return stateRank(a.state) - stateRank(b.state) || compareNames(a.name, b.name)
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export function compareNames(a: string, b: string): number {
  return collator.compare(a, b)
}

/** How late a node's word may be: a share of its own interval, and what delivery may take, ms. A little more than stations allow. */
const patience = { share: 1.5, deliveryMs: 5000 } as const

/**
 * While this page has no connection, nobody tells it that a node went quiet: nodes past their own deadline turn stale here.
 * @param nowMs this station's time
 * @returns the nodes that changed
 */
export function expired(nodes: Iterable<FleetNode>, nowMs: number): FleetNode[] {
  const result: FleetNode[] = []
  for (const node of nodes) {
    if (isSilent(node) || node.lastSeen === null) continue
    const deadline = Date.parse(node.lastSeen) + patience.share * (node.intervalMs ?? 0) + patience.deliveryMs
    if (deadline < nowMs) result.push({ ...node, ...unheardSince(deadline) })
  }
  return result
}

function unheardSince(deadlineMs: number): Pick<FleetNode, 'state' | 'stateSince' | 'reasons'> {
  return {
    state: 'stale',
    stateSince: new Date(deadlineMs).toISOString(),
    reasons: [
      {
        aspect: 'network',
        state: 'warn',
        code: pageDisconnected,
        message: 'This page has no connection to its station.',
      },
    ],
  }
}
