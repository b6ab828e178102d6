import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FleetError, toFleetError } from '@wrale/kernel'
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
    if (!isDamage(error)) throw storeError(error, file)
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

/** Result codes of SQLite for files that are damaged, or no databases at all (sqlite.org/rescode.html). */
const damageCodes: readonly unknown[] = [11, 26]
const fullCode = 13

class UnusableStore extends Error {}

function isDamage(error: unknown): boolean {
  return (
    error instanceof UnusableStore ||
    (error instanceof Error && 'errcode' in error && damageCodes.includes(error.errcode))
  )
}

function open(file: string): DatabaseSync {
  // SQLite gives its side files the mode of the main file, which is therefore made first.
  if (!existsSync(file)) createPrivate(file)
  const db = new DatabaseSync(file, { timeout: 2000 })
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > migrations.length) throw new UnusableStore(`the store has the later version ${version}`)
    if (db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok')
      throw new UnusableStore('the store is damaged')
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304')
    for (const [index, sql] of migrations.entries()) {
      if (index >= version) db.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    throw new FleetError('STATE_DIR_FORBIDDEN', `cannot write ${file}`, { file }, { cause: error })
  }
}

function setAside(file: string): string {
  let number = 1
  while (existsSync(`${file}.damaged-${number}`)) number += 1
  const aside = `${file}.damaged-${number}`
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}

function storeError(error: unknown, file: string): FleetError {
  if (!(error instanceof Error && 'errcode' in error)) return toFleetError(error)
  const meta = { file }
  if (error.errcode === fullCode)
    return new FleetError('STORAGE_FULL', `no space left to write ${file}`, meta, { cause: error })
  const code = isDamage(error) ? 'STATE_DAMAGED' : 'STATE_DIR_FORBIDDEN'
  return new FleetError(code, `cannot write ${file}: ${error.message}`, meta, { cause: error })
}
