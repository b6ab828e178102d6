import type { Clock, Logger } from '@wrale/kernel'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { RecordKind } from '@wrale/protocol/records'
import type { Identity } from '@wrale/protocol/signing'
import type { Digest } from '@wrale/protocol/wire'
import type { Retention } from './kept.ts'
import type { MemberDirectory } from './member-directory.ts'
import type { ReplicaStorage } from './storage/storage.ts'

export interface ReplicaDeps {
  readonly identity: Identity
  readonly clock: Clock
  /** Fleet time, ms since the Unix epoch, as well as this member knows it. Default: the wall clock. */
  readonly fleetTime?: { wallMs(): number }
  readonly storage: ReplicaStorage
  readonly directory: MemberDirectory
  readonly logger: Logger
}

export interface ReplicaOptions {
  /**
   * Kinds that are not stored. Nodes leave out `status` and `links`: they are old by the time they are read again, and SD cards wear out.
   * Where any is left out, so are kinds of newer software of which one is valid at a time. Default none.
   */
  readonly volatile?: readonly RecordKind[]
  /** Most authors that are kept in mind; records of a further one are refused. Default 4096. */
  readonly maxAuthors?: number
  /** Most records of one author. Default 20,000. */
  readonly maxRecordsPerAuthor?: number
  /** Most sealed bytes of one author. Default 8 MiB. */
  readonly maxBytesPerAuthor?: number
  /** What is kept of one author. Default 256 events, 32 operations per object. Must be the same on every member. */
  readonly retention?: Retention
  /** Longest time that a record of another member waits before it is stored, ms. Default 1000. */
  readonly flushIntervalMs?: number
  /** Sequence numbers that are reserved at a time: storage is written once in so many of one's own statuses. Default 1000. */
  readonly reserve?: number
}

/**
 * What became of a record that a peer sent. `known`: it is held already. `old`: something newer took its place. `deferred`: it cannot be taken now, and who sent it is not to blame: its author is not known
 * here (yet, or any more), its stamp is in the future by this member's clock, or there is no room.
 */
export type Received = 'new' | 'known' | 'old' | 'deferred' | 'rejected'

/** Records to bring another member up to date, and what is complete when it has taken all of them. */
export interface Missing {
  readonly records: ReadonlyArray<{ readonly author: PeerIdText; readonly sealed: Uint8Array; readonly ageMs: number }>
  readonly marks: Digest
}

/** A member as the records tell of it. */
export interface Contact {
  readonly id: PeerIdText
  readonly role: MemberRole
  readonly addresses: readonly string[]
  readonly heardAtMs: number | undefined
  /** Put out of the fleet. */
  readonly revoked: boolean
}
