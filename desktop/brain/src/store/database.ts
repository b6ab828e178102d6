import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FleetError } from '@wrale/kernel'
import { migrations } from './migrations.ts'

/** The station's private store: one SQLite file. Calls are synchronous. */
export interface Database {
  /** Where a damaged file was put aside when this one was opened, or undefined. */
  readonly damaged: string | undefined
  prepare(sql: string): StatementSync
  exec(sql: string): void
  /** Runs `work` as one transaction, inside the one that is open when there is one. @throws FleetError STORAGE_FULL, STATE_DAMAGED */
  write<T>(work: () => T): T
  close(): void
}

/**
 * Opens or makes the store (mode 0600, write-ahead log). A file that is damaged, or that a newer version of this software wrote, is
 * set aside as `<file>.damaged-<n>` and a new one begun, so that the station starts all the same.
 * @throws FleetError STATE_DIR_FORBIDDEN, STORAGE_FULL
 */
export function openDatabase(file: string): Database {
  let damaged: string | undefined
  let db: DatabaseSync
  try {
    db = open(file)
  } catch (error) {
    if (error instanceof FleetError) throw error
    damaged = setAside(file)
    db = open(file)
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
        if (db.isTransaction) db.exec('ROLLBACK')
        throw storeError(error, file)
      }
    },
    close() {
      if (db.isOpen) db.close()
    },
  }
}

function open(file: string): DatabaseSync {
  // SQLite gives its side files the mode of the main file, which is therefore made first.
  if (!existsSync(file)) createPrivate(file)
  const db = new DatabaseSync(file, { timeout: 2000 })
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304')
    if (db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') throw new Error('the database is damaged')
    migrate(db)
    return db
  } catch (error) {
    db.close()
    const known = storeError(error, file)
    throw known.code === 'STORAGE_FULL' ? known : error
  }
}

function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    throw new FleetError('STATE_DIR_FORBIDDEN', `cannot write ${file}`, { file }, { cause: error })
  }
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > migrations.length) {
    throw new Error(`the store has version ${version}, this software knows ${migrations.length}`)
  }
  for (const [index, sql] of migrations.entries()) {
    if (index >= version) db.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

function setAside(file: string): string {
  let number = 1
  while (existsSync(`${file}.damaged-${number}`)) number += 1
  const aside = `${file}.damaged-${number}`
  renameSync(file, aside)
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  return aside
}

function storeError(error: unknown, file: string): FleetError {
  if (error instanceof FleetError) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = /disk is full|database or disk/i.test(text) ? 'STORAGE_FULL' : 'STATE_DAMAGED'
  return new FleetError(code, `cannot write ${file}: ${text}`, { file }, { cause: error })
}
