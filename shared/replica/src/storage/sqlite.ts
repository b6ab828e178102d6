import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FleetError } from '@wrale/kernel'
import type { ReplicaStorage, StorageChange, StoredRecord } from './storage.ts'

const schemaVersion = 2

/**
 * Storage in one SQLite file (WAL, every transaction flushed). A file that is damaged, or that a newer version of this software wrote, is
 * set aside as `<file>.damaged` and a new one begun: what was in it comes back from peers. Of a file of the first version only the
 * sequence number is kept: its records were of another format.
 * @param fleet whose records these are; of a file that held those of another, only the sequence number is kept
 * @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN
 */
export function openSqliteStorage(file: string, fleet: string): ReplicaStorage {
  let damaged: string | undefined
  let db: DatabaseSync
  try {
    db = openDatabase(file)
  } catch (error) {
    if (error instanceof FleetError || !existsSync(file)) throw asFleetError(error, file)
    damaged = setAside(file)
    db = openDatabase(file)
  }
  const storage = new SqliteStorage(db, file, damaged)
  storage.belongTo(fleet)
  return storage
}

class SqliteStorage implements ReplicaStorage {
  readonly damaged: string | undefined
  readonly #db: DatabaseSync
  readonly #file: string

  constructor(db: DatabaseSync, file: string, damaged: string | undefined) {
    this.#db = db
    this.#file = file
    this.damaged = damaged
  }

  /** Forgets the records of any other fleet. */
  belongTo(fleet: string): void {
    const held = this.#db.prepare('SELECT id FROM fleet').get()?.['id']
    if (held === fleet) return
    this.#transaction(() => {
      this.#db.exec('DELETE FROM record; DELETE FROM mark; DELETE FROM fleet')
      this.#db.prepare('INSERT INTO fleet VALUES (?)').run(fleet)
    })
  }

  load(): { records: readonly StoredRecord[]; marks: ReadonlyMap<string, number> } {
    const records = this.#db
      .prepare('SELECT author, seq, sealed, heard_at AS heardAtWallMs FROM record ORDER BY author, seq')
      .all()
    const marks = this.#db.prepare('SELECT author, mark FROM mark').all()
    return {
      records: records as unknown as StoredRecord[],
      marks: new Map(marks.map(({ author, mark }) => [String(author), Number(mark)])),
    }
  }

  save({ put, remove, marks }: StorageChange): void {
    this.#transaction(() => {
      const drop = this.#db.prepare('DELETE FROM record WHERE author = ? AND seq = ?')
      for (const { author, seq } of remove) drop.run(author, seq)
      const insert = this.#db.prepare(
        'INSERT OR REPLACE INTO record (author, seq, sealed, heard_at) VALUES (?, ?, ?, ?)',
      )
      for (const { author, seq, sealed, heardAtWallMs } of put)
        insert.run(author, seq, sealed, Math.round(heardAtWallMs))
      const setMark = this.#db.prepare('INSERT OR REPLACE INTO mark (author, mark) VALUES (?, ?)')
      for (const [author, mark] of marks) setMark.run(author, mark)
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
      // The records of a preliminary version no longer open, but its numbers must stay used up.
      const ceiling =
        version === 0 ? 0 : Number(db.prepare('SELECT max(ceiling) AS top FROM sequence').get()?.['top'] ?? 0)
      db.exec(`
        BEGIN;
        DROP TABLE IF EXISTS record;
        DROP TABLE IF EXISTS sequence;
        CREATE TABLE record (
          author TEXT NOT NULL, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL, PRIMARY KEY (author, seq)
        );
        CREATE TABLE fleet (id TEXT NOT NULL);
        CREATE TABLE mark (author TEXT PRIMARY KEY, mark INTEGER NOT NULL);
        CREATE TABLE sequence (ceiling INTEGER NOT NULL);
        INSERT INTO sequence VALUES (${ceiling});
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
