import { type Clock, FleetError, type Logger, toFleetError } from '@wrale/kernel'
import { openRecord } from '@wrale/protocol/signing'
import { type AnyEntry, entryOf } from './author-log.ts'
import type { StoredRecord } from './storage/storage.ts'

/** A clock may be set right by so much without being one that was never set, ms. */
const setBackMs = 60_000
/** Past every deadline. */
const unknownAgeMs = 86_400_000

/**
 * Takes in what is stored. What no longer opens, or may not be taken, is left out and reported.
 * @param take throws for what may not be taken
 * @returns what is not what was stored
 */
export async function restore(
  records: readonly StoredRecord[],
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  take: (entry: AnyEntry) => Promise<void>,
): Promise<readonly StoredRecord[]> {
  const opened: AnyEntry[] = []
  const damaged: StoredRecord[] = []
  for (const stored of records) {
    try {
      opened.push(await openStored(stored, clock))
    } catch (error) {
      damaged.push(stored)
      logger.error('a stored record is damaged', { error })
    }
  }
  await takeAll(opened.toSorted(inventoriesFirst), take, (error) => {
    logger.error('a stored record was left out', { error })
  })
  return damaged
}

async function openStored(stored: StoredRecord, clock: Clock): Promise<AnyEntry> {
  const { author, seq, sealed, heardAtWallMs } = stored
  const record = await openRecord(Uint8Array.from(sealed))
  if (record.author !== author || record.seq !== seq)
    throw new FleetError('STATE_DAMAGED', 'a record is stored in the place of another', { author, seq })
  return entryOf(record, {
    heardAtWallMs,
    heardAtMonotonicMs: clock.monotonicMs() - ageMs(heardAtWallMs, clock.wallMs()),
  })
}

/** A clock that says it is not yet the time at which something was heard knows nothing of its age: it must not look like news. */
function ageMs(heardAtWallMs: number, wallMs: number): number {
  const ago = wallMs - heardAtWallMs
  if (ago >= 0) return ago
  return ago > -setBackMs ? 0 : unknownAgeMs
}

/**
 * Takes entries in, again and again while some are taken: who an author is may be said by a later record; of one who was put out, by the word
 * that put it out. What cannot be taken at last is handed to `leftOut`.
 */
async function takeAll(
  entries: readonly AnyEntry[],
  take: (entry: AnyEntry) => Promise<void>,
  leftOut: (error: unknown) => void,
): Promise<void> {
  let left = entries
  for (;;) {
    const refused: Array<{ readonly entry: AnyEntry; readonly error: unknown }> = []
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
export function inventoriesFirst(a: AnyEntry, b: AnyEntry): number {
  const rank = ({ record }: AnyEntry): number => (record.kind === 'inventory' ? 0 : 1)
  return rank(a) - rank(b) || a.record.seq - b.record.seq
}
