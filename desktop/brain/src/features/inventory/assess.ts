import type { HealthState } from '@wrale/protocol'
import type { NodeState } from '@wrale/protocol/api'

/** Share of its own interval by which a status may be late, and what delivery may take on top, ms. */
const lateness = 1.5
const deliveryMs = 2000
/** How long a node must be out of reach before it is called lost, ms: between two links of a node that moves, nobody has one. */
const confirmMs = 1000
/** The same for a node that was not in reach yet: word of a new member may come before word of who is linked to it, ms. */
const confirmNewMs = 3000

/** The node's last word on its state. Times are this station's monotonic clock, ms. */
export interface LastWord {
  readonly atMs: number
  readonly intervalMs: number
  readonly state: HealthState
}

/** Whether there is a way to the node over links. `since`: when the last one went; undefined when there never was one. */
export type Contact = { readonly reached: true } | { readonly reached: false; readonly since: number | undefined }

export interface NodeFacts {
  readonly word: LastWord | undefined
  /** When anything that it wrote was last heard, whoever passed it on; undefined when never. */
  readonly heardAtMs: number | undefined
  readonly contact: Contact
  /** It is shown as lost already. */
  readonly lost: boolean
  /** Two machines speak with its key: its own word is that of either. */
  readonly cloned: boolean
}

export interface StationFacts {
  /** This station itself seems to be cut off: what it does not hear says nothing about the nodes. */
  readonly isolated: boolean
  /** It began so recently that it cannot have heard everybody. */
  readonly settling: boolean
}

/** Why a node is in its state. */
export type Ground = 'own-words' | 'cloned' | 'never-heard' | 'overdue' | 'lost-contact' | 'station-isolated'

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
  const { word } = facts
  if (word === undefined) return { state: 'unknown', ground: 'never-heard' }
  const overdue = nowMs > deadlineOf(word)
  const own: Assessment = { state: word.state, ground: 'own-words' }
  if (station.isolated) {
    // What was found out before the station was cut off still holds, as long as the node is silent.
    if (facts.lost && !isHeardAnew(facts)) return { state: 'lost', ground: 'lost-contact' }
    // Nobody is to blame, but of a node to which no way leads nothing is known now, whatever it promised.
    return overdue || isOutOfReach(facts, nowMs) ? { state: 'stale', ground: 'station-isolated' } : own
  }
  if (!station.settling && isOutOfReach(facts, nowMs)) return { state: 'lost', ground: 'lost-contact' }
  // Their words come under the same numbers, so that one takes the other's place, or neither is heard.
  if (facts.cloned) return { state: 'fail', ground: 'cloned' }
  return overdue ? { state: 'stale', ground: 'overdue' } : own
}

/** Links say soonest that a node is gone; its own words, once heard, count from when they were said. */
function isOutOfReach({ contact, heardAtMs }: NodeFacts, nowMs: number): boolean {
  if (contact.reached) return false
  const { since } = contact
  const alone = Math.max(since ?? -Infinity, heardAtMs ?? -Infinity)
  return nowMs - alone >= (since === undefined ? confirmNewMs : confirmMs)
}

/** It is in reach, or was heard after the last link to it went. */
function isHeardAnew({ contact, heardAtMs }: NodeFacts): boolean {
  return contact.reached || (contact.since !== undefined && heardAtMs !== undefined && heardAtMs > contact.since)
}
