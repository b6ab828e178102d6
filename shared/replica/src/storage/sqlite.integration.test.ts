import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventBody, pull, statusBody, TestFleet } from '../testing/fleet.ts'
import { storageConformance } from '../testing/storage-conformance.ts'
import { openSqliteStorage } from './sqlite.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-replica-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

storageConformance('SQLite', () => openSqliteStorage(join(folder, 'records.sqlite'), 'fleet'), true)

describe('SQLite storage', () => {
  it.each([
    ['garbage', (file: string) => writeFileSync(file, 'this is no database at all, and long enough to be read as one')],
    ['cut off', (file: string) => truncateSync(file, 1500)],
  ])('sets a damaged file aside and begins again: %s', (_name, damage) => {
    const file = join(folder, 'records.sqlite')
    const first = openSqliteStorage(file, 'fleet')
    const put = Array.from({ length: 50 }, (_, seq) => ({
      author: 'a',
      seq,
      sealed: new Uint8Array(300),
      heardAtWallMs: 1,
    }))
    first.save({ put, remove: [], marks: new Map() })
    first.close()
    damage(file)
    const second = openSqliteStorage(file, 'fleet')
    expect(second.damaged).toBe(`${file}.damaged`)
    expect(existsSync(`${file}.damaged`)).toBe(true)
    expect(second.load().records).toEqual([])
    second.close()
  })

  it('begins again in a file of the first version, above the numbers that were used', () => {
    const file = join(folder, 'records.sqlite')
    const old = new DatabaseSync(file)
    old.exec(`
      CREATE TABLE record (slot TEXT PRIMARY KEY, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO record VALUES ('a status self', 7, x'00', 1);
      CREATE TABLE sequence (ceiling INTEGER NOT NULL);
      INSERT INTO sequence VALUES (2001);
      PRAGMA user_version = 1`)
    old.close()
    for (let opened = 0; opened < 2; opened++) {
      const storage = openSqliteStorage(file, 'fleet')
      expect(storage.damaged).toBeUndefined()
      expect(storage.load()).toEqual({ records: [], marks: new Map() })
      expect(storage.reservedSeq()).toBe(2001)
      storage.close()
    }
  })

  it('forgets the records of another fleet, but not the numbers that were used', () => {
    const file = join(folder, 'records.sqlite')
    const first = openSqliteStorage(file, 'fleet')
    const put = [{ author: 'a', seq: 1, sealed: new Uint8Array(3), heardAtWallMs: 1 }]
    first.save({ put, remove: [], marks: new Map([['a', 1]]) })
    first.reserveSeq(1001)
    first.close()
    const other = openSqliteStorage(file, 'other')
    expect(other.load()).toEqual({ records: [], marks: new Map() })
    expect(other.reservedSeq()).toBe(1001)
    other.close()
  })

  it('gives a restarted member back what it knew, and its place', async () => {
    const fleet = await TestFleet.create()
    const node = await fleet.member('node')
    await node.replica.write('event', eventBody('opened'))
    await node.replica.write('status', statusBody(51))
    const file = join(folder, 'station.sqlite')
    const first = await fleet.member('station', { role: 'station', storage: openSqliteStorage(file, 'fleet') })
    await pull(first, node)
    await first.replica.setFields({ type: 'node', id: node.identity.id }, { label: 'roof' })
    const digest = first.replica.digest()
    await first.replica.close()
    const { identity } = first
    const second = await fleet.member('station', {
      role: 'station',
      storage: openSqliteStorage(file, 'fleet'),
      identity,
    })
    expect(second.replica.latest(node.identity.id, 'status')?.record.body).toEqual(statusBody(51))
    expect(second.replica.fields({ type: 'node', id: node.identity.id }).get('label')?.winner.value).toBe('roof')
    expect(second.replica.digest()).toEqual(digest)
    expect(await pull(second, node)).toBe(0)
    await second.replica.close()
  })
})
