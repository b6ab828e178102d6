import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { openDatabase } from './database.ts'
import { migrations } from './migrations.ts'

describe('openDatabase', () => {
  it('makes a store that only its owner can read, side files included', () => {
    const folder = temporaryFolder()
    const database = openDatabase(join(folder, 'station.db'))
    database.write(() => database.exec("INSERT INTO node_state VALUES ('a', 'ok', 1)"))
    const names = readdirSync(folder)
    expect(names.toSorted()).toEqual(['station.db', 'station.db-wal'])
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    database.close()
  })

  it('keeps what was written and takes back a transaction that fails', () => {
    const file = join(temporaryFolder(), 'station.db')
    const first = openDatabase(file)
    first.write(() => first.exec("INSERT INTO node_state VALUES ('a', 'ok', 1)"))
    expect(() =>
      first.write(() => {
        first.exec("INSERT INTO node_state VALUES ('b', 'ok', 1)")
        throw new Error('in the middle')
      }),
    ).toThrow('in the middle')
    first.close()
    const second = openDatabase(file)
    expect(second.damaged).toBeUndefined()
    expect(second.prepare('SELECT id FROM node_state').all()).toEqual([{ id: 'a' }])
    second.close()
  })

  it.each([
    [
      'is no database',
      (file: string) => writeFileSync(file, 'not a database, but long enough to be read as one'.repeat(100)),
    ],
    [
      'is of a later version',
      (file: string) => {
        const later = new DatabaseSync(file)
        later.exec(`PRAGMA user_version = ${migrations.length + 1}; CREATE TABLE future (x)`)
        later.close()
      },
    ],
  ])('sets a file aside that %s, and begins anew', (_what, spoil) => {
    const file = join(temporaryFolder(), 'station.db')
    spoil(file)
    const before = readFileSync(file)
    const database = openDatabase(file)
    expect(database.damaged).toBe(`${file}.damaged-1`)
    expect(readFileSync(`${file}.damaged-1`)).toEqual(before)
    expect(database.prepare('SELECT count(*) AS n FROM node_state').get()).toEqual({ n: 0 })
    database.close()
  })

  it('says that the folder cannot be written', () => {
    expect(() => openDatabase(join(temporaryFolder(), 'missing', 'station.db'))).toThrow(
      expect.objectContaining({ code: 'STATE_DIR_FORBIDDEN' }),
    )
  })
})
