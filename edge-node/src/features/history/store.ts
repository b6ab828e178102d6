import type { Database, DatabaseSchema } from '@wrale/host'
import type { Tier } from './totals.ts'

/** A chunk as it lies on disk, without its data. */
export interface ChunkInfo {
  readonly id: number
  readonly tier: Tier
  /** Earliest and latest time in it, ms since the Unix epoch as the node's clock had it. */
  readonly firstMs: number
  readonly lastMs: number
  /** How long was recorded for it, ms by the monotonic clock. */
  readonly spanMs: number
  /** What the write before it cost, bytes. */
  readonly costBytes: number
}

export interface NewChunk extends Omit<ChunkInfo, 'id'> {
  readonly data: Uint8Array
}

/** Data comes last, so that SQLite does not read the pages of long ones to look at the rest. What a power cut may cost is one write. */
export const historySchema: DatabaseSchema = {
  synchronous: 'NORMAL',
  migrations: [
    `CREATE TABLE chunk (
       id INTEGER PRIMARY KEY, tier INTEGER NOT NULL CHECK (tier IN (0, 1)), first INTEGER NOT NULL, last INTEGER NOT NULL,
       span INTEGER NOT NULL, cost INTEGER NOT NULL, data BLOB NOT NULL
     )`,
  ],
}

const walFrameHeaderBytes = 24

/** Chunks of samples in a database that was opened with `historySchema`. */
export class ChunkStore {
  readonly #database: Database
  readonly #pageBytes: number

  constructor(database: Database) {
    this.#database = database
    this.#pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size'])
  }

  /** In the order in which they were written. */
  list(): ChunkInfo[] {
    return this.#database
      .prepare('SELECT id, tier, first, last, span, cost FROM chunk ORDER BY id')
      .all()
      .map((row) => ({
        id: Number(row['id']),
        tier: row['tier'] === 1 ? 1 : 0,
        firstMs: Number(row['first']),
        lastMs: Number(row['last']),
        spanMs: Number(row['span']),
        costBytes: Number(row['cost']),
      }))
  }

  /** Undefined when it is not there any more. */
  data(id: number): Uint8Array | undefined {
    const data = this.#database.prepare('SELECT data FROM chunk WHERE id = ?').get(id)?.['data']
    return data instanceof Uint8Array ? data : undefined
  }

  /**
   * Adds and removes in one transaction.
   * @returns ids of what was added
   * @throws FleetError STORAGE_FULL, STATE_DAMAGED, STATE_DIR_FORBIDDEN
   */
  change(add: readonly NewChunk[], remove: readonly number[]): number[] {
    return this.#database.write(() => {
      const drop = this.#database.prepare('DELETE FROM chunk WHERE id = ?')
      for (const id of remove) drop.run(id)
      const put = this.#database.prepare(
        'INSERT INTO chunk (tier, first, last, span, cost, data) VALUES (?, ?, ?, ?, ?, ?)',
      )
      return add.map(({ tier, firstMs, lastMs, spanMs, costBytes, data }) =>
        Number(put.run(tier, firstMs, lastMs, Math.round(spanMs), costBytes, data).lastInsertRowid),
      )
    })
  }

  /**
   * Takes what was written from the log into the file, which also brings it onto the disk.
   * @returns bytes that went to the log and to the file since the last time
   */
  settle(): number {
    const row = this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
    const frames = Math.max(0, Number(row?.['log']))
    return (
      frames * (this.#pageBytes + walFrameHeaderBytes) + Math.max(0, Number(row?.['checkpointed'])) * this.#pageBytes
    )
  }
}
