import type { ReplicaStorage, StoredRecord } from './storage.ts'

/** Storage that ends with the process: for tests and simulations. */
export function memoryStorage(): ReplicaStorage {
  const records = new Map<string, StoredRecord>()
  let reserved = 0
  return {
    damaged: undefined,
    load: () => [...records.values()],
    put(batch) {
      for (const record of batch) records.set(record.slot, record)
    },
    reservedSeq: () => reserved,
    reserveSeq(ceiling) {
      reserved = Math.max(reserved, ceiling)
    },
    close: () => undefined,
  }
}
