/** A record as storage keeps it. */
export interface StoredRecord {
  /** `author/kind/key`: a newer record in the same slot replaces this one. */
  readonly slot: string
  readonly seq: number
  readonly sealed: Uint8Array
  /** When the author was last heard saying this, by this machine's wall clock, ms since the Unix epoch. */
  readonly heardAtWallMs: number
}

/** Where a replica keeps what must survive the process. Calls are synchronous and durable when they return. */
export interface ReplicaStorage {
  /** Everything stored. A slot occurs once. */
  load(): readonly StoredRecord[]
  /** Stores all of them or none. */
  put(records: readonly StoredRecord[]): void
  /** Highest sequence number that this author may have used; 0 at first. */
  reservedSeq(): number
  /** Makes it known that numbers up to `ceiling` may be used. */
  reserveSeq(ceiling: number): void
  /** Where a damaged store was put aside when this one was opened, if it was. */
  readonly damaged: string | undefined
  close(): void
}
