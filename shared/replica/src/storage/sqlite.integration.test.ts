import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inventoryBody, statusBody, TestFleet } from '../testing/fleet.ts'
import { storageConformance } from '../testing/storage-conformance.ts'
import { openSqliteStorage } from './sqlite.ts'

let folder = mkdtempSync(join(tmpdir(), 'wrale-replica-'))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-replica-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

storageConformance('SQLite', () => openSqliteStorage(join(folder, 'records.sqlite'), { keep: 'all' }), true)

describe('SQLite storage', () => {
  it('writes nothing but its sequence numbers on a node', () => {
    const storage = openSqliteStorage(join(folder, 'node.sqlite'), { keep: 'own-sequence' })
    storage.put([{ slot: 'a/status/self', seq: 1, sealed: new Uint8Array([1]), heardAtWallMs: 1 }])
    storage.reserveSeq(1000)
    expect(storage.load()).toEqual([])
    expect(storage.reservedSeq()).toBe(1000)
    storage.close()
  })

  it.each([
    ['garbage', (file: string) => writeFileSync(file, 'this is no database at all, and long enough to be read as one')],
    ['cut off', (file: string) => truncateSync(file, 1500)],
  ])('sets a damaged file aside and begins again: %s', (_name, damage) => {
    const file = join(folder, 'records.sqlite')
    const first = openSqliteStorage(file, { keep: 'all' })
    first.put(
      Array.from({ length: 50 }, (_, n) => ({ slot: `s${n}`, seq: 1, sealed: new Uint8Array(300), heardAtWallMs: 1 })),
    )
    first.close()
    damage(file)
    const second = openSqliteStorage(file, { keep: 'all' })
    expect(second.damaged).toBe(`${file}.damaged`)
    expect(existsSync(`${file}.damaged`)).toBe(true)
    expect(second.load()).toEqual([])
    second.close()
  })

  it('gives a station the members that it knew before it was restarted', async () => {
    const fleet = await TestFleet.create()
    const node = await fleet.member('node')
    await node.replica.open()
    const sealed = [
      (await node.replica.write('inventory', inventoryBody('node', node.certificate))).sealed,
      (await node.replica.write('status', statusBody('node', 51))).sealed,
    ]
    const file = join(folder, 'station.sqlite')
    const first = await fleet.member('station', { storage: openSqliteStorage(file, { keep: 'all' }) })
    await first.replica.open()
    for (const bytes of sealed) await first.replica.receive(bytes, { from: node.identity.id, ageMs: 0 })
    await first.replica.close()
    const second = await fleet.member('station', {
      storage: openSqliteStorage(file, { keep: 'all' }),
      identity: first.identity,
    })
    await second.replica.open()
    expect(second.replica.latest(node.identity.id, 'status')?.record.body).toEqual(statusBody('node', 51))
    await second.replica.close()
  })
})
