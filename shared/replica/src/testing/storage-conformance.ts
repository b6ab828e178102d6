import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReplicaStorage, StoredRecord } from '../storage/storage.ts'

function stored(slot: string, seq: number): StoredRecord {
  return { slot, seq, sealed: new Uint8Array([seq, 1, 2]), heardAtWallMs: 1_700_000_000_000 + seq }
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
      expect(storage.load()).toEqual([])
      expect(storage.reservedSeq()).toBe(0)
      expect(storage.damaged).toBeUndefined()
    })

    it('keeps the last record put into each slot', () => {
      storage.put([stored('a/status/self', 1), stored('b/status/self', 1)])
      storage.put([stored('a/status/self', 2)])
      const bySlot = [...storage.load()].map(({ slot, seq, sealed, heardAtWallMs }) => ({
        slot,
        seq,
        sealed: [...sealed],
        heardAtWallMs,
      }))
      expect(bySlot.toSorted((x, y) => x.slot.localeCompare(y.slot))).toEqual([
        { ...stored('a/status/self', 2), sealed: [2, 1, 2] },
        { ...stored('b/status/self', 1), sealed: [1, 1, 2] },
      ])
    })

    it('never lowers the reserved sequence number', () => {
      storage.reserveSeq(1000)
      storage.reserveSeq(10)
      expect(storage.reservedSeq()).toBe(1000)
    })

    if (!survives) return
    it('has everything again when it is opened again', () => {
      storage.put([stored('a/status/self', 7)])
      storage.reserveSeq(2000)
      storage.close()
      storage = open()
      expect(storage.load().map((record) => record.seq)).toEqual([7])
      expect(storage.reservedSeq()).toBe(2000)
    })
  })
}
