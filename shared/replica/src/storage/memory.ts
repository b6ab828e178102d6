import type { ReplicaStorage, StoredRecord } from './storage.ts'

/** Storage that ends with the process: for tests and simulations. */
export function memoryStorage(): ReplicaStorage {
  const records = new Map<string, StoredRecord>()
  const marks = new Map<string, number>()
  let reserved = 0
  return {
    damaged: undefined,
    intact: true,
    load: () => ({ records: [...records.values()], marks: new Map(marks) }),
    save(change) {
      for (const { author, seq } of change.remove) records.delete(`${author}/${seq}`)
      for (const record of change.put) records.set(`${record.author}/${record.seq}`, record)
      for (const [author, mark] of change.marks) marks.set(author, mark)
    },
    reservedSeq: () => reserved,
    reserveSeq(ceiling) {
      reserved = Math.max(reserved, ceiling)
    },
    close: () => undefined,
  }
}
