import { closeSync, lstatSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FleetError, toFleetError } from '@wrale/kernel'
import { setAside } from './set-aside.ts'
import { storageError } from './storage-error.ts'

/** What is to be in a database, and how its content is guarded. */
export interface DatabaseSchema {
  /** Steps that bring a database of any earlier version up to date; `user_version` counts those that were taken. A step that was released is never changed. */
  readonly migrations: readonly string[]
  /** `FULL`: what was written is on the disk when `write` returns. `NORMAL`: a power cut may take the last transactions, whole. */
  readonly synchronous: 'FULL' | 'NORMAL'
  /** Looks at a database that is up to date; what it throws counts as damage. Default: SQLite's own quick check. */
  readonly check?: (database: Pick<Database, 'prepare'>) => void
}

/** One SQLite file, held by this process alone. Calls are synchronous. */
export interface Database {
  /** Where a damaged file was put aside when this one was opened, or undefined. */
  readonly damaged: string | undefined
  prepare(sql: string): StatementSync
  exec(sql: string): void
  /**
   * Runs `work` as one transaction, inside the one that is open when there is one.
   * @throws FleetError STORAGE_FULL, STATE_DAMAGED, STATE_DIR_FORBIDDEN; what `work` throws otherwise
   */
  write<T>(work: () => T): T
  close(): void
}

const companions = ['-wal', '-shm', '-journal']

/**
 * Opens or makes a database (mode 0600, write-ahead log). A file that is damaged, that is none, or that a newer version of this software
 * wrote, is set aside and a new one begun, so that the program starts all the same.
 * @throws FleetError STATE_DIR_FORBIDDEN, STATE_DIR_IN_USE, STATE_DAMAGED, STORAGE_FULL
 */
export function openDatabase(file: string, schema: DatabaseSchema): Database {
  let damaged: string | undefined
  let db: DatabaseSync
  try {
    db = open(file, schema)
  } catch (error) {
    if (!isDamage(error)) throw databaseError(error, file)
    damaged = aside(file)
    try {
      db = open(file, schema)
    } catch (again) {
      throw databaseError(again, file)
    }
  }
  return {
    damaged,
    prepare: (sql) => db.prepare(sql),
    exec: (sql) => db.exec(sql),
    write(work) {
      if (db.isTransaction) return work()
      try {
        db.exec('BEGIN IMMEDIATE')
        const result = work()
        db.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(db)
        throw databaseError(error, file)
      }
    },
    close() {
      if (db.isOpen) db.close()
    },
  }
}

/** Result codes of SQLite for files that are damaged, or no databases at all, by their low byte (sqlite.org/rescode.html). */
const damageCodes: ReadonlySet<number> = new Set([11, 26])
const fullCode = 13
const busyCode = 5
const ioErrorCode = 10

class UnusableDatabase extends Error {}

function isDamage(error: unknown): boolean {
  return error instanceof UnusableDatabase || damageCodes.has(resultCodeOf(error) ?? 0)
}

function resultCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}

function open(file: string, { migrations, synchronous, check = quickCheck }: DatabaseSchema): DatabaseSync {
  prepareFile(file)
  const db = new DatabaseSync(file, { timeout: 250 })
  try {
    // Held by one process alone, the log needs no shared index beside it: one file less, and none to be made while the disk is full.
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > migrations.length) throw new UnusableDatabase(`it has the later version ${version}`)
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 1048576`)
    migrate(db, migrations, version)
    try {
      check(db)
    } catch (error) {
      throw new UnusableDatabase('its content is damaged', { cause: error })
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function migrate(db: DatabaseSync, migrations: readonly string[], version: number): void {
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    try {
      db.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
    } catch (error) {
      rollBack(db)
      // A step that fails though there is room found other tables than its version promises.
      if (resultCodeOf(error) === 1)
        throw new UnusableDatabase('its tables are not those of its version', { cause: error })
      throw error
    }
  }
}

/** SQLite's own look at the structure and the constraints; indexes are not compared with their tables. */
function quickCheck(database: Pick<Database, 'prepare'>): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (found !== 'ok') throw new UnusableDatabase(String(found))
}

/** SQLite gives its side files the mode of the main file, which is therefore made first. */
function prepareFile(file: string): void {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    throw storageError(error, file, 'STATE_DIR_FORBIDDEN')
  }
  for (const path of [file, ...companions.map((suffix) => file + suffix)]) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new UnusableDatabase(`${path} is not a file`)
  }
}

function aside(file: string): string {
  try {
    return setAside(file, companions)
  } catch (error) {
    throw storageError(error, file, 'STATE_DIR_FORBIDDEN')
  }
}

function rollBack(db: DatabaseSync): void {
  try {
    // SQLite has ended the transaction by itself after some failures.
    if (db.isTransaction) db.exec('ROLLBACK')
  } catch {
    // What cannot be rolled back now is rolled back when the file is opened again.
  }
}

function databaseError(error: unknown, file: string): FleetError {
  const code = resultCodeOf(error)
  if (code === undefined && !(error instanceof UnusableDatabase)) return toFleetError(error)
  const text = error instanceof Error ? error.message : String(error)
  const meta = { file }
  if (code === fullCode) return new FleetError('STORAGE_FULL', `no space left to write ${file}`, meta, { cause: error })
  if (isDamage(error) || code === ioErrorCode)
    return new FleetError('STATE_DAMAGED', `cannot use ${file}: ${text}`, meta, { cause: error })
  if (code === busyCode)
    return new FleetError('STATE_DIR_IN_USE', `another process holds ${file}`, meta, { cause: error })
  return new FleetError('STATE_DIR_FORBIDDEN', `cannot write ${file}: ${text}`, meta, { cause: error })
}
