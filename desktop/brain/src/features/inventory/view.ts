import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { Node, NodeDetail, NodeState, Witness } from '@wrale/protocol/api'
import type { InventoryBody, StatusBody } from '@wrale/protocol/records'
import type { Ground } from './assess.ts'
import { clonedReason, neverHeard, reasonFor } from './reasons.ts'
import type { Measured } from './link-graph.ts'
import type { WeighedSighting } from './sightings.ts'

/** Most witnesses that a view names. */
const maxWitnesses = 16

/** What is known of a member besides its records. */
export interface KnownMember {
  readonly name: string
  readonly role: MemberRole
}

/** A sighting with its time by the station's wall clock, ms since the Unix epoch. */
export type Sighting = WeighedSighting & { readonly atWallMs: number }

export interface NodeKnowledge {
  readonly id: PeerIdText
  readonly name: string
  readonly status: { readonly body: StatusBody; readonly heardAtWallMs: number } | undefined
  readonly inventory: InventoryBody | undefined
  /** Members to which it says that it is linked; undefined when it never said. */
  readonly links: ReadonlyMap<PeerIdText, Measured> | undefined
  /** The latest first. */
  readonly sightings: readonly Sighting[]
  readonly state: NodeState
  readonly ground: Ground
  readonly stateSinceWallMs: number
  readonly clockErrorMs: number | undefined
  /** Where its key is in use, when that is in more than one place. */
  readonly clonedAt: readonly string[]
  /** Undefined for an id of which nothing but the id is known. */
  memberOf(id: PeerIdText): KnownMember | undefined
}

export const timestamp = (wallMs: number): string => new Date(wallMs).toISOString()

export function nodeView(known: NodeKnowledge): Node {
  const { status, inventory } = known
  return {
    id: known.id,
    name: known.name,
    state: known.state,
    stateSince: timestamp(known.stateSinceWallMs),
    reasons: reasonsOf(known),
    lastSeen: lastSeenOf(known),
    seenBy: known.sightings.slice(0, maxWitnesses).map((sighting) => witnessView(sighting, known)),
    readings: status?.body.readings ?? {},
    ...(status?.body.powerSource === undefined ? {} : { powerSource: status.body.powerSource }),
    simulated: inventory?.simulated ?? false,
    ...(inventory === undefined ? {} : { model: inventory.hardware.model, software: inventory.software }),
    ...(status === undefined ? {} : { intervalMs: status.body.intervalMs }),
    ...(known.clockErrorMs === undefined ? {} : { clockErrorMs: Math.round(known.clockErrorMs) }),
  }
}

export function nodeDetailView(known: NodeKnowledge): NodeDetail {
  const { inventory, links = new Map<PeerIdText, Measured>() } = known
  return {
    ...nodeView(known),
    ...(inventory === undefined ? {} : { inventory: withoutCertificate(inventory) }),
    links: [...links].map(([peer, { rttMs }]) => ({
      peer,
      name: nameOf(peer, known),
      role: known.memberOf(peer)?.role ?? 'node',
      ...(rttMs === undefined ? {} : { rttMs }),
    })),
  }
}

/** A member whose link is up has been heard over it, however long ago it wrote something. */
function lastSeenOf({ status, sightings }: NodeKnowledge): string | null {
  const times = [...(status === undefined ? [] : [status.heardAtWallMs]), ...sightings.map(({ atWallMs }) => atWallMs)]
  return times.length === 0 ? null : timestamp(Math.max(...times))
}

function withoutCertificate(inventory: InventoryBody): NonNullable<NodeDetail['inventory']> {
  const { certificate: _certificate, ...rest } = inventory
  return rest
}

function reasonsOf(known: NodeKnowledge): Node['reasons'] {
  const { ground, status, sightings } = known
  if (ground === 'never-heard' || status === undefined) return [neverHeard]
  if (ground === 'own-words') return worstFirst(status.body.reasons)
  if (ground === 'cloned') return [clonedReason(known.clonedAt), ...worstFirst(status.body.reasons)]
  const latest = sightings[0]
  return [
    reasonFor(ground, {
      heardAtWallMs: status.heardAtWallMs,
      intervalMs: status.body.intervalMs,
      ...(latest?.linked === true ? { linkedTo: nameOf(latest.by, known) } : {}),
      ...(latest === undefined ? {} : { seenLast: { name: nameOf(latest.by, known), atWallMs: latest.atWallMs } }),
    }),
  ]
}

function worstFirst(reasons: Node['reasons']): Node['reasons'] {
  return reasons.toSorted((a, b) => Number(b.state === 'fail') - Number(a.state === 'fail'))
}

function witnessView(sighting: Sighting, known: NodeKnowledge): Witness {
  return {
    id: sighting.by,
    name: nameOf(sighting.by, known),
    role: known.memberOf(sighting.by)?.role ?? 'node',
    at: timestamp(sighting.atWallMs),
    linked: sighting.linked,
    ...(sighting.rttMs === undefined ? {} : { rttMs: sighting.rttMs }),
  }
}

/** The end of an id tells members apart: all Ed25519 ids begin alike. */
function nameOf(id: PeerIdText, known: NodeKnowledge): string {
  return known.memberOf(id)?.name ?? `…${id.slice(-6)}`
}
