import type { FleetRecord, RecordKind } from '@wrale/protocol/records'
import type { AuthorLog, ReplicaEntry } from './author-log.ts'
import type { ReplicaStorage } from './storage/storage.ts'

/** Gathers what must be stored, so that a burst is one transaction. */
export class Saver {
  readonly #storage: ReplicaStorage
  readonly #volatile: ReadonlySet<RecordKind>
  readonly #put = new Map<string, ReplicaEntry>()
  readonly #remove = new Map<string, { author: string; seq: number }>()

  constructor(storage: ReplicaStorage, volatile: readonly RecordKind[]) {
    this.#storage = storage
    this.#volatile = new Set(volatile)
  }

  put(entry: ReplicaEntry): void {
    const { kind } = entry.record
    if (this.#volatile.has(kind)) return
    const key = keyOf(entry.record)
    this.#remove.delete(key)
    this.#put.set(key, entry)
  }

  remove(record: FleetRecord): void {
    if (this.#volatile.has(record.kind)) return
    const key = keyOf(record)
    this.#put.delete(key)
    this.#remove.set(key, { author: record.author, seq: record.seq })
  }

  /** What storage can answer for: not more than what lies below a valid record that it does not hold. */
  storedMark(log: AuthorLog): number {
    const missing = log.entries().find(({ record }) => this.#volatile.has(record.kind))
    return missing === undefined ? log.mark : Math.min(log.mark, missing.record.seq - 1)
  }

  clear(): void {
    this.#put.clear()
    this.#remove.clear()
  }

  /** Marks alone are not worth a write: an old one costs no more than a few records sent again. */
  flush(marks: ReadonlyMap<string, number>): void {
    if (this.#put.size === 0 && this.#remove.size === 0) return
    this.#storage.save({
      put: [...this.#put.values()].map(({ record, heardAtWallMs }) => ({
        author: record.author,
        seq: record.seq,
        sealed: record.sealed,
        heardAtWallMs,
      })),
      remove: [...this.#remove.values()],
      marks,
    })
    this.clear()
  }
}

function keyOf({ author, seq }: { readonly author: string; readonly seq: number }): string {
  return `${author}/${seq}`
}
