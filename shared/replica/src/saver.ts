import { type FleetError, type Logger, toFleetError } from '@wrale/kernel'
import type { FleetRecord, OpaqueRecord, RecordKind } from '@wrale/protocol/records'
import type { AnyEntry, AuthorLog } from './author-log.ts'
import type { ReplicaStorage, StoredRecord } from './storage/storage.ts'

export interface SaverDeps {
  readonly storage: ReplicaStorage
  readonly logger: Logger
}

/** Gathers what must be stored, so that a burst is one transaction, and keeps it while storage refuses. */
export class Saver {
  readonly #deps: SaverDeps
  readonly #volatile: ReadonlySet<RecordKind>
  readonly #put = new Map<string, { readonly entry: AnyEntry; readonly replaces: boolean }>()
  readonly #remove = new Map<string, { author: string; seq: number }>()
  readonly #marks = new Map<string, number>()
  #problem: FleetError | undefined

  constructor(deps: SaverDeps, volatile: readonly RecordKind[]) {
    this.#deps = deps
    this.#volatile = new Set(volatile)
  }

  /** Why storage refused the last time; undefined when it did not. */
  get problem(): FleetError | undefined {
    return this.#problem
  }

  put(entry: AnyEntry): void {
    if (this.#isVolatile(entry.record)) return
    const key = keyOf(entry.record)
    this.#put.set(key, { entry, replaces: this.#remove.delete(key) })
  }

  /** What was not stored yet need not be removed, so that a storage that refuses for days costs no more than what is valid. */
  remove(record: FleetRecord | OpaqueRecord): void {
    if (this.#isVolatile(record)) return
    const { author, seq } = record
    const key = keyOf(record)
    const waiting = this.#put.get(key)
    this.#put.delete(key)
    if (waiting === undefined || waiting.replaces) this.#remove.set(key, { author, seq })
  }

  /** What storage can answer for: not more than what lies below a valid record that it does not hold. */
  storedMark(log: AuthorLog): number {
    if (this.#volatile.size === 0) return log.mark
    const missing = log.entries().find(({ record }) => this.#isVolatile(record))
    return missing === undefined ? log.mark : Math.min(log.mark, missing.record.seq - 1)
  }

  /** What is held is what is stored. */
  clear(): void {
    this.#put.clear()
    this.#remove.clear()
  }

  /** Stores one record before anything else is made of it. @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN, STATE_DAMAGED */
  store(record: FleetRecord, heardAtWallMs: number): void {
    this.#attempt(() =>
      this.#deps.storage.save({ put: [storedForm(record, heardAtWallMs)], remove: [], marks: new Map() }),
    )
  }

  /** Removes what storage holds and nobody can read. */
  discard(records: Iterable<{ readonly author: string; readonly seq: number }>): void {
    for (const { author, seq } of records) this.#remove.set(keyOf({ author, seq }), { author, seq })
  }

  /** @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN, STATE_DAMAGED */
  reserve(ceiling: number): void {
    this.#attempt(() => this.#deps.storage.reserveSeq(ceiling))
  }

  /** Marks alone are not worth a write: an old one costs no more than a few records sent again. What storage refuses waits for the next time. */
  flush(marks: () => ReadonlyMap<string, number>): void {
    if (this.#put.size === 0 && this.#remove.size === 0) return
    const changed = new Map([...marks()].filter(([author, mark]) => this.#marks.get(author) !== mark))
    const put = [...this.#put.values()].map(({ entry }) => storedForm(entry.record, entry.heardAtWallMs))
    try {
      this.#attempt(() => this.#deps.storage.save({ put, remove: [...this.#remove.values()], marks: changed }))
    } catch {
      return
    }
    for (const [author, mark] of changed) this.#marks.set(author, mark)
    this.clear()
  }

  /** Of what newer software writes, that of which one is valid at a time is taken for something like a status. */
  #isVolatile(record: FleetRecord | OpaqueRecord): boolean {
    if (record.kind === 'opaque') return record.keep === 1 && this.#volatile.size > 0
    return this.#volatile.has(record.kind)
  }

  #attempt(work: () => void): void {
    const { logger } = this.#deps
    try {
      work()
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (this.#problem?.code !== error.code) logger.error('records cannot be stored', { error })
      this.#problem = error
      throw error
    }
    if (this.#problem !== undefined) logger.info('records are stored again')
    this.#problem = undefined
  }
}

function storedForm({ author, seq, sealed }: FleetRecord | OpaqueRecord, heardAtWallMs: number): StoredRecord {
  return { author, seq, sealed, heardAtWallMs }
}

function keyOf({ author, seq }: { readonly author: string; readonly seq: number }): string {
  return `${author}/${seq}`
}
