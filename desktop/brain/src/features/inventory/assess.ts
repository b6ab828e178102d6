import type { HealthState } from '@wrale/protocol'
import type { NodeState } from '@wrale/protocol/api'

/** Share of its own interval by which a status may be late, and what delivery may take on top, ms. */
const lateness = 1.5
const deliveryMs = 2000
/** How long nobody may have a link to a node before it is called lost although its last word is still fresh, ms. */
const confirmMs = 3000

/** The node's last word. Times are this station's monotonic clock, ms. */
export interface LastWord {
  readonly atMs: number
  readonly intervalMs: number
  readonly state: HealthState
}

/** Whether any member has a link to the node. `since`: when the last one lost it; undefined when none is known to have had one. */
export type Contact = { readonly linked: true } | { readonly linked: false; readonly since: number | undefined }

export interface NodeFacts {
  readonly word: LastWord | undefined
  readonly contact: Contact
  /** It is shown as lost already. */
  readonly lost: boolean
}

export interface StationFacts {
  /** This station itself seems to be cut off: what it does not hear says nothing about the nodes. */
  readonly isolated: boolean
  /** It began so recently that it cannot have heard everybody. */
  readonly settling: boolean
}

/** Why a node is in its state. */
export type Ground = 'own-words' | 'never-heard' | 'overdue' | 'lost-contact' | 'station-isolated'

export interface Assessment {
  readonly state: NodeState
  readonly ground: Ground
}

/** When a word stops counting, by the promise that the node made in it. */
export function deadlineOf(word: Pick<LastWord, 'atMs' | 'intervalMs'>): number {
  return word.atMs + word.intervalMs * lateness + deliveryMs
}

/** How a node is to be shown. Whatever else holds, no word of its own is shown past its deadline. */
export function assess(facts: NodeFacts, station: StationFacts, nowMs: number): Assessment {
  const { word, contact } = facts
  if (word === undefined) return { state: 'unknown', ground: 'never-heard' }
  const overdue = nowMs > deadlineOf(word)
  if (station.isolated) {
    // What was found out before the station was cut off still holds, as long as the node is silent.
    if (overdue && facts.lost) return { state: 'lost', ground: 'lost-contact' }
    return overdue ? { state: 'stale', ground: 'station-isolated' } : { state: word.state, ground: 'own-words' }
  }
  if (!contact.linked) {
    const aloneSince = contact.since === undefined ? undefined : Math.max(contact.since, word.atMs)
    const disconnected = aloneSince !== undefined && nowMs - aloneSince >= confirmMs
    if (disconnected || (overdue && !station.settling)) return { state: 'lost', ground: 'lost-contact' }
  }
  return overdue ? { state: 'stale', ground: 'overdue' } : { state: word.state, ground: 'own-words' }
}
