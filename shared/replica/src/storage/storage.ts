/** A record as storage keeps it. */
export interface StoredRecord {
  readonly author: string
  readonly seq: number
  readonly sealed: Uint8Array
  /** When the author was last heard saying this, by this machine's wall clock, ms since the Unix epoch. */
  readonly heardAtWallMs: number
}

/** What storage takes in at once: all of it or nothing. */
export interface StorageChange {
  readonly put: readonly StoredRecord[]
  readonly remove: readonly { readonly author: string; readonly seq: number }[]
  /** Author to the number up to which everything of it is in this storage. */
  readonly marks: ReadonlyMap<string, number>
}

/** Where a replica keeps what must survive the process. Calls are synchronous and durable when they return. */
export interface ReplicaStorage {
  load(): { readonly records: readonly StoredRecord[]; readonly marks: ReadonlyMap<string, number> }
  save(change: StorageChange): void
  /** Highest sequence number that this author may have used; 0 at first. */
  reservedSeq(): number
  /** Makes it known that numbers up to `ceiling` may be used. */
  reserveSeq(ceiling: number): void
  /** Where a damaged store was put aside when this one was opened, if it was. */
  readonly damaged: string | undefined
  /** False when something that was stored may be missing: the last life did not end in good order, or the store was damaged. */
  readonly intact: boolean
  close(): void
}
