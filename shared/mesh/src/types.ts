import type { Signal, Startable } from '@wrale/kernel'
import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import type { Certificate, Identity } from '@wrale/protocol/signing'
import type { Digest } from '@wrale/protocol/wire'
import type { z } from 'zod'
import type { FleetClock } from './overlay/fleet-clock.ts'
import type { AnswerOptions, CallOptions } from './requests.ts'
import type { Vetting } from './vetting/vetting.ts'

/** This member's standing in a fleet. */
export interface Membership {
  readonly fleet: FleetId
  readonly certificate: Certificate
}

/** A member whose hello was accepted and to which at least one connection is open. */
export interface MeshPeer {
  readonly id: PeerIdText
  readonly role: MemberRole
  readonly name: string
  readonly software: string
  /** Address of the connection, a multiaddr. */
  readonly address: string
  readonly certificate: Certificate
  /** Median of the last round trips, ms; absent until measured. */
  readonly rttMs?: number
  /** Share of the last signs of life and answers that came late or never, 0 to 1; absent until there were any. */
  readonly lossRatio?: number
  /** How long ago anything was last heard from it, ms. */
  readonly heardAgoMs: number
  /** Peer's wall clock minus ours at hello, ms, half a round trip uncertain. */
  readonly clockErrorMs: number
}

/** A peer to which there is no link any more. */
export interface LostPeer extends MeshPeer {
  /** One of the two had too many links: nothing is wrong with the other, and nobody needs to be told at once. */
  readonly givenUp: boolean
}

/** What happened to a peer that asked for more than it may have, for counting and showing. */
export interface SecurityIncident {
  readonly peer: PeerIdText | null
  /** Stable name such as `hello-refused`, `link-rejected`, `push-rejected`, `enrol-refused`. */
  readonly kind: string
  readonly code: string
  readonly message: string
}

/**
 * What a record that a peer sent turned out to be worth. `known`: held already; `old`: superseded; `deferred` is nobody's fault;
 * `rejected` counts against the sender.
 */
export type ReceiveVerdict = 'new' | 'known' | 'old' | 'deferred' | 'rejected'

/** A member as the records tell of it, linked or not. */
export interface Contact {
  readonly id: PeerIdText
  readonly role: MemberRole
  /** Multiaddrs on which it said that it listens. */
  readonly addresses: readonly string[]
  /** When anything newly written by it was last heard, by this machine's monotonic clock, ms; undefined when never. */
  readonly heardAtMs: number | undefined
  /** Put out of the fleet: it must not be linked to. */
  readonly revoked: boolean
}

/** The replica as replication needs it; structural, so that mesh and replica do not know each other. */
export interface ReplicaPort {
  /** Everyone whom the records name, this member left out. */
  contacts(): Iterable<Contact>
  /** Author to the number up to which everything valid of it is held. */
  digest(): Digest
  /**
   * What a member with that digest lacks, inventories first, each with its age in ms since its author was last heard; and what is complete when
   * all of it was taken. `concerns` limits the answer to some authors.
   */
  missingFrom(
    have: Digest,
    concerns?: (author: string) => boolean,
  ): {
    readonly records: ReadonlyArray<{ readonly sealed: Uint8Array; readonly ageMs: number }>
    readonly marks: Digest
  }
  /** Whether something is known to be missing, which a pull may bring. Not given: never. */
  incomplete?(): boolean
  /** All that a peer holds up to these marks was taken. */
  vouch(marks: Digest, from?: PeerIdText): void
  /** Checks and merges one sealed record. Never throws for what a peer sent. */
  receive(sealed: Uint8Array, source: { readonly from: PeerIdText; readonly ageMs: number }): Promise<ReceiveVerdict>
  /** Records that this member just wrote and that must be pushed. */
  readonly written: Signal<{ readonly sealed: Uint8Array }>
}

/** How a station answers enrolment. Not given on nodes. */
export interface EnrolmentDesk {
  /** @returns the secret of a token that is known, not revoked, not expired and not used up; throws FleetError otherwise */
  secretOf(tokenId: Uint8Array): Promise<Uint8Array>
  /** Counts a use and issues the certificate. Asking again for the same subject and token does not count twice. */
  grant(tokenId: Uint8Array, joiner: { readonly id: PeerIdText; readonly name: string }): Promise<Certificate>
  /**
   * Gives a new key the place of an old one, which handed it over. Asking again for the same two gives the same.
   * @throws FleetError FORBIDDEN when the old key has no place to give
   */
  rotate?(old: Certificate, successor: PeerIdText): Promise<Certificate>
}

export interface MeshOptions {
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Multiaddrs of peers to dial and keep dialling. */
  readonly peers: readonly string[]
  readonly mdns: boolean
  /** Version of this software. */
  readonly software: string
}

/** The member's place in the network: who is there, and records to and from them. */
export interface Mesh extends Startable {
  readonly id: PeerIdText
  /** Multiaddrs on which others can reach this member. */
  addresses(): readonly string[]
  /** Admitted peers, by id. */
  peers(): readonly MeshPeer[]
  readonly peerAdmitted: Signal<MeshPeer>
  /** Last connection to an admitted peer closed. */
  readonly peerLost: Signal<LostPeer>
  readonly incidents: Signal<SecurityIncident>
  /** Another member lost its link to this one: if it is linked here and was not heard just now, it is asked whether it lives. */
  suspect(peer: PeerIdText): void
  /**
   * Asks a member, over the link to it or over one that is made for it.
   * @throws FleetError NOT_FOUND when nobody knows where it is; otherwise as `Requests.call`
   */
  ask<S extends z.ZodType>(
    peer: PeerIdText,
    protocol: string,
    request: unknown,
    options: CallOptions<S>,
  ): Promise<z.output<S>>
  /** Answers requests of members. Call before `start`. */
  answer<S extends z.ZodType>(protocol: string, options: AnswerOptions<S>): void
}

export interface MeshDeps {
  readonly identity: Identity
  readonly membership: Membership
  readonly replica: ReplicaPort
  readonly enrolment?: EnrolmentDesk
  /** Learns the time of day from peers. Default one of the mesh's own. */
  readonly fleetClock?: FleetClock
  /** Numbers in [0, 1), for jitter and choices by lot. Default Math.random. */
  readonly random?: () => number
  /** Judges who says hello by more than a certificate. Made for one mesh. */
  readonly vetting?: Vetting
}
