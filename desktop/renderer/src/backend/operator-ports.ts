import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import type {
  Conflict,
  CreatedJoinToken,
  EventView,
  GroupView,
  JoinTokenView,
  MemberView,
  MeshView,
  NodeChange,
  NodeNotes,
  ObjectChange,
  PendingClaim,
} from '@wrale/protocol/api'

export interface JoinTokenRequest {
  /** What it is for, in the operator's words. */
  readonly name: string
  readonly ttlSeconds: number
  readonly maxUses: number
}

export interface ClaimRequest {
  readonly code: string
  /** Undefined: what the machine calls itself. */
  readonly name: string | undefined
  /** Multiaddr, where the network does not let the machine be found; undefined: it is found. */
  readonly address: string | undefined
}

/** Who was let in by a claim. */
export interface Claimed {
  readonly id: string
  readonly name: string
}

/** Words that bring the fleet's root key back. They are held as long as they are shown, and nowhere else. */
export interface RecoveryKit {
  readonly fleet: string
  readonly words: readonly string[]
}

/** Who is in the fleet, who may come in, who is put out. */
export interface MembershipPort {
  readonly members: (signal: AbortSignal) => Promise<readonly MemberView[]>
  readonly revokeMember: (id: string, reason: string | undefined) => Promise<void>
  readonly pendingClaims: (signal: AbortSignal) => Promise<readonly PendingClaim[]>
  /** NOT_FOUND: no machine that waits has this code; INPUT_INVALID: it is no code; RATE_LIMITED: too many tries. */
  readonly claim: (request: ClaimRequest) => Promise<Claimed>
  readonly joinTokens: (signal: AbortSignal) => Promise<readonly JoinTokenView[]>
  readonly createJoinToken: (request: JoinTokenRequest) => Promise<CreatedJoinToken>
  readonly revokeJoinToken: (id: string) => Promise<void>
  /** FORBIDDEN where the root key is not. */
  readonly recoveryKit: () => Promise<RecoveryKit>
}

/** A change of a node without its id. */
export type NotesChange = Omit<NodeChange, 'id'>

/** A group as it is written: what is absent stays. */
export type GroupChange = Pick<GroupView, 'name'> & Partial<Pick<GroupView, 'description' | 'selector' | 'nodes'>>

/** What operators say of things, and who said what before. */
export interface ObjectsPort {
  /** Answers with what holds then. */
  readonly changeNode: (id: string, change: NotesChange) => Promise<NodeNotes>
  readonly groups: (signal: AbortSignal) => Promise<readonly GroupView[]>
  readonly putGroup: (change: GroupChange) => Promise<GroupView>
  /** Answers with what it was, so that it can be put back. */
  readonly removeGroup: (name: string) => Promise<GroupView>
  /** The newest first. */
  readonly objectHistory: (object: ObjectRef, signal: AbortSignal) => Promise<readonly ObjectChange[]>
  readonly conflicts: (signal: AbortSignal) => Promise<readonly Conflict[]>
  readonly settleConflict: (object: ObjectRef, field: string, value: FieldValue) => Promise<void>
}

export interface EventsFilter {
  readonly severity?: EventView['severity']
  /** Beginning of the name. */
  readonly name?: string
  /** By or about this member. */
  readonly member?: string
  readonly cursor?: string
  readonly limit?: number
}

export interface EventsPage {
  readonly items: readonly EventView[]
  /** Undefined: there is nothing older. */
  readonly nextCursor: string | undefined
}

/** What happened, and who is linked to whom. */
export interface ObservationPort {
  readonly events: (filter: EventsFilter, signal: AbortSignal) => Promise<EventsPage>
  readonly mesh: (signal: AbortSignal) => Promise<MeshView>
}
