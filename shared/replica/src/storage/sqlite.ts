import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FleetError } from '@wrale/kernel'
import type { ReplicaStorage, StoredRecord } from './storage.ts'

export interface SqliteStorageOptions {
  /**
   * What is written. `all`: every record, so that a station shows absent members after a restart. `own-sequence`: only the author's own
   * sequence numbers, because on a node a status is old by the time it is read again and its SD card wears out.
   */
  readonly keep: 'all' | 'own-sequence'
}

const schemaVersion = 1

/**
 * Storage in one SQLite file (WAL, every transaction flushed). A file that is damaged, or that a newer version of this software wrote, is
 * set aside as `<file>.damaged` and a new one begun: what was in it comes back from peers.
 * @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN
 */
export function openSqliteStorage(file: string, options: SqliteStorageOptions): ReplicaStorage {
  let damaged: string | undefined
  let db: DatabaseSync
  try {
    db = openDatabase(file)
  } catch (error) {
    if (error instanceof FleetError || !existsSync(file)) throw asFleetError(error, file)
    damaged = setAside(file)
    db = openDatabase(file)
  }
  return new SqliteStorage(db, file, options, damaged)
}

class SqliteStorage implements ReplicaStorage {
  readonly damaged: string | undefined
  readonly #db: DatabaseSync
  readonly #file: string
  readonly #keepAll: boolean

  constructor(db: DatabaseSync, file: string, options: SqliteStorageOptions, damaged: string | undefined) {
    this.#db = db
    this.#file = file
    this.#keepAll = options.keep === 'all'
    this.damaged = damaged
  }

  load(): readonly StoredRecord[] {
    const rows = this.#db.prepare('SELECT slot, seq, sealed, heard_at AS heardAtWallMs FROM record').all()
    return rows as unknown as StoredRecord[]
  }

  put(records: readonly StoredRecord[]): void {
    if (!this.#keepAll || records.length === 0) return
    this.#transaction(() => {
      const upsert = this.#db.prepare('INSERT OR REPLACE INTO record (slot, seq, sealed, heard_at) VALUES (?, ?, ?, ?)')
      for (const { slot, seq, sealed, heardAtWallMs } of records)
        upsert.run(slot, seq, sealed, Math.round(heardAtWallMs))
    })
  }

  reservedSeq(): number {
    const row = this.#db.prepare('SELECT ceiling FROM sequence').get()
    return Number(row?.['ceiling'] ?? 0)
  }

  reserveSeq(ceiling: number): void {
    this.#transaction(() => this.#db.prepare('UPDATE sequence SET ceiling = max(ceiling, ?)').run(ceiling))
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #transaction(work: () => void): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw asFleetError(error, this.#file)
    }
  }
}

function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 2000 })
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 1048576')
    const check = db.prepare('PRAGMA quick_check(1)').get()
    if (check?.['quick_check'] !== 'ok') throw new Error('the database is damaged')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > schemaVersion)
      throw new Error(`the database has version ${version}, this software knows ${schemaVersion}`)
    if (version < schemaVersion) {
      db.exec(`
        BEGIN;
        CREATE TABLE record (slot TEXT PRIMARY KEY, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE sequence (ceiling INTEGER NOT NULL);
        INSERT INTO sequence VALUES (0);
        PRAGMA user_version = ${schemaVersion};
        COMMIT`)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function setAside(file: string): string {
  const aside = `${file}.damaged`
  renameSync(file, aside)
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  return aside
}

function asFleetError(error: unknown, file: string): FleetError {
  if (error instanceof FleetError) return error
  const text = error instanceof Error ? error.message : String(error)
  if (/full/i.test(text))
    return new FleetError('STORAGE_FULL', `no space left to write ${file}`, { file }, { cause: error })
  return new FleetError('STATE_DIR_FORBIDDEN', `cannot write ${file}: ${text}`, { file }, { cause: error })
}
