import { type Clock, toFleetError } from '@wrale/kernel'
import { openRecord } from '@wrale/protocol/signing'
import type { ReplicaEntry } from './author-log.ts'
import type { StoredRecord } from './storage/storage.ts'

/** Opens what is stored. Records that no longer open are handed to `leftOut`. */
export async function openStored(
  records: readonly StoredRecord[],
  clock: Clock,
  leftOut: (error: unknown) => void,
): Promise<ReplicaEntry[]> {
  const opened: ReplicaEntry[] = []
  for (const { sealed, heardAtWallMs } of records) {
    try {
      const record = await openRecord(Uint8Array.from(sealed))
      const agoMs = Math.max(0, clock.wallMs() - heardAtWallMs)
      opened.push({ record, heardAtWallMs, heardAtMonotonicMs: clock.monotonicMs() - agoMs })
    } catch (error) {
      leftOut(error)
    }
  }
  return opened.toSorted(inventoriesFirst)
}

/**
 * Takes entries in, again and again while some are taken: who an author is may be said by a later record; of one who was put out, by the word
 * that put it out. What cannot be taken at last is handed to `leftOut`.
 */
export async function takeAll(
  entries: readonly ReplicaEntry[],
  take: (entry: ReplicaEntry) => Promise<void>,
  leftOut: (error: unknown) => void,
): Promise<void> {
  let left = entries
  for (;;) {
    const refused: Array<{ readonly entry: ReplicaEntry; readonly error: unknown }> = []
    for (const entry of left) {
      try {
        await take(entry)
      } catch (thrown) {
        refused.push({ entry, error: toFleetError(thrown) })
      }
    }
    if (refused.length === 0 || refused.length === left.length) {
      for (const { error } of refused) leftOut(error)
      return
    }
    left = refused.map(({ entry }) => entry)
  }
}

/** Inventories carry certificates, by which everything else is judged. */
export function inventoriesFirst(a: ReplicaEntry, b: ReplicaEntry): number {
  const rank = ({ record }: ReplicaEntry): number => (record.kind === 'inventory' ? 0 : 1)
  return rank(a) - rank(b) || a.record.seq - b.record.seq
}
