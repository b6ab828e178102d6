import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventBody, pull, statusBody, TestFleet } from '../testing/fleet.ts'
import { storageConformance } from '../testing/storage-conformance.ts'
import { type RecordDatabase, recordSchema, type SecondPlace, sqliteStorage } from './sqlite.ts'
import type { ReplicaStorage } from './storage.ts'

let folder = ''
let secondPlace: SecondPlace & { place: { highest: number; endedWell: boolean } }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-replica-'))
  secondPlace = memoryPlace()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What `openDatabase` of the host package does, without what it does about damage. */
function openPlainly(file: string): RecordDatabase {
  const db = new DatabaseSync(file)
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  for (const [index, sql] of recordSchema.migrations.entries()) {
    if (index >= version) db.exec(`BEGIN; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
  return {
    damaged: undefined,
    prepare: (sql) => db.prepare(sql),
    write(work) {
      db.exec('BEGIN')
      const result = work()
      db.exec('COMMIT')
      return result
    },
    close: () => db.isOpen && db.close(),
  }
}

function memoryPlace(): typeof secondPlace {
  const place = { highest: 0, endedWell: true }
  return {
    place,
    get endedWell() {
      return place.endedWell
    },
    highest: () => place.highest,
    raise(number) {
      Object.assign(place, { highest: number, endedWell: false })
    },
    end: () => void (place.endedWell = true),
  }
}

function open(file = 'records.sqlite', fleet = 'fleet'): ReplicaStorage {
  return sqliteStorage(openPlainly(join(folder, file)), { fleet, secondPlace })
}

storageConformance('SQLite', () => open(), true)

describe('SQLite storage', () => {
  it('begins again in a file of the first version, above the numbers that were used', () => {
    const old = new DatabaseSync(join(folder, 'records.sqlite'))
    old.exec(`
      CREATE TABLE record (slot TEXT PRIMARY KEY, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO record VALUES ('a status self', 7, x'00', 1);
      CREATE TABLE sequence (ceiling INTEGER NOT NULL);
      INSERT INTO sequence VALUES (2001);
      PRAGMA user_version = 1`)
    old.close()
    for (let opened = 0; opened < 2; opened++) {
      const storage = open()
      expect(storage.load()).toEqual({ records: [], marks: new Map() })
      expect(storage.reservedSeq()).toBe(2001)
      storage.close()
    }
  })

  it('forgets the records of another fleet, but not the numbers that were used', () => {
    const first = open()
    const put = [{ author: 'a', seq: 1, sealed: new Uint8Array(3), heardAtWallMs: 1 }]
    first.save({ put, remove: [], marks: new Map([['a', 1]]) })
    first.reserveSeq(1001)
    first.close()
    const other = open('records.sqlite', 'other')
    expect(other.load()).toEqual({ records: [], marks: new Map() })
    expect(other.reservedSeq()).toBe(1001)
    other.close()
  })

  it('knows the numbers that were used when the database was lost, and says that something may be missing', () => {
    const first = open()
    expect(first.intact).toBe(true)
    first.reserveSeq(1001)
    first.close()
    rmSync(join(folder, 'records.sqlite'))
    const second = open()
    expect(second.reservedSeq()).toBe(1001)
    expect(second.intact).toBe(false)
    second.close()
  })

  it('says that something may be missing after a life that did not end', () => {
    const killed = open()
    killed.reserveSeq(1001)
    const second = open()
    expect(second.intact).toBe(false)
    second.close()
    killed.close()
  })

  it.each([
    ['a mark', 'UPDATE mark SET mark = mark + 256'],
    ['the sequence number', 'UPDATE sequence SET ceiling = ceiling - 1000'],
  ])('does not believe %s whose bytes were altered', (_name, alter) => {
    const storage = open()
    storage.save({ put: [], remove: [], marks: new Map([['a', 70_000]]) })
    storage.reserveSeq(2001)
    storage.close()
    const database = openPlainly(join(folder, 'records.sqlite'))
    recordSchema.check(database)
    database.prepare('PRAGMA ignore_check_constraints = 1').run()
    database.prepare(alter).run()
    database.prepare('PRAGMA ignore_check_constraints = 0').run()
    expect(() => recordSchema.check(database)).toThrow('CHECK constraint')
    database.close()
  })

  it('gives a restarted member back what it knew, and its place', async () => {
    const fleet = await TestFleet.create()
    const node = await fleet.member('node')
    await node.replica.write('event', eventBody('opened'))
    await node.replica.write('status', statusBody(51))
    const first = await fleet.member('station', { role: 'station', storage: open() })
    await pull(first, node)
    await first.replica.setFields({ type: 'node', id: node.identity.id }, { label: 'roof' })
    const digest = first.replica.digest()
    await first.replica.close()
    const { identity } = first
    const second = await fleet.member('station', { role: 'station', storage: open(), identity })
    expect(second.replica.latest(node.identity.id, 'status')?.record.body).toEqual(statusBody(51))
    expect(second.replica.fields({ type: 'node', id: node.identity.id }).get('label')?.winner.value).toBe('roof')
    expect(second.replica.digest()).toEqual(digest)
    expect(await pull(second, node)).toBe(0)
    await second.replica.close()
  })
})
