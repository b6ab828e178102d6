import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaStorage, StorageChange, StoredRecord } from '../storage/storage.ts'

function stored(author: string, seq: number): StoredRecord {
  return { author, seq, sealed: new Uint8Array([seq, 1, 2]), heardAtWallMs: 1_700_000_000_000 + seq }
}

function change(parts: Partial<StorageChange>): StorageChange {
  return { put: [], remove: [], marks: new Map(), ...parts }
}

function numbers(storage: ReplicaStorage): string[] {
  return storage
    .load()
    .records.map(({ author, seq }) => `${author}${seq}`)
    .toSorted()
}

/** What every adapter of the storage port must do. `open` opens the same store again when it is called again. */
export function storageConformance(name: string, open: () => ReplicaStorage, survives: boolean): void {
  describe(`${name} storage`, () => {
    let storage: ReplicaStorage
    beforeEach(() => {
      storage = open()
    })
    afterEach(() => storage.close())

    it('begins empty', () => {
      expect(numbers(storage)).toEqual([])
      expect(storage.load().marks.size).toBe(0)
      expect(storage.reservedSeq()).toBe(0)
      expect(storage.damaged).toBeUndefined()
      expect(storage.intact).toBe(true)
    })

    it('keeps what is put, byte for byte, until it is removed', () => {
      storage.save(change({ put: [stored('a', 1), stored('a', 2), stored('b', 1)], marks: new Map([['a', 2]]) }))
      storage.save(change({ put: [stored('a', 3)], remove: [{ author: 'a', seq: 1 }], marks: new Map([['a', 3]]) }))
      expect(numbers(storage)).toEqual(['a2', 'a3', 'b1'])
      expect([...storage.load().marks]).toEqual([['a', 3]])
      const record = storage.load().records.find(({ author }) => author === 'b')
      expect([...(record?.sealed ?? [])]).toEqual([1, 1, 2])
      expect(record?.heardAtWallMs).toBe(1_700_000_000_001)
    })

    it('never lowers the reserved sequence number', () => {
      storage.reserveSeq(1000)
      storage.reserveSeq(10)
      expect(storage.reservedSeq()).toBe(1000)
    })

    if (!survives) return
    it('has everything again when it is opened again', () => {
      storage.save(change({ put: [stored('a', 7)], marks: new Map([['a', 7]]) }))
      storage.reserveSeq(2000)
      storage.close()
      storage = open()
      expect(numbers(storage)).toEqual(['a7'])
      expect(storage.load().marks.get('a')).toBe(7)
      expect(storage.reservedSeq()).toBe(2000)
      expect(storage.intact).toBe(true)
    })
  })
}
