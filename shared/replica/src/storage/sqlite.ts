import type { ReplicaStorage, StorageChange, StoredRecord } from './storage.ts'

type Value = string | number | Uint8Array

/** An open SQLite database, as much of it as is needed here; `openDatabase` of the host package gives one. */
export interface RecordDatabase {
  readonly damaged: string | undefined
  prepare(sql: string): {
    all(...values: Value[]): Array<Record<string, unknown>>
    get(...values: Value[]): Record<string, unknown> | undefined
    run(...values: Value[]): unknown
  }
  /** Runs `work` as one transaction. @throws FleetError STORAGE_FULL, STATE_DAMAGED, STATE_DIR_FORBIDDEN */
  write<T>(work: () => T): T
  close(): void
}

/** A second place for the number that must not be lost with the database, as `sequenceFile` of the host package is. */
export interface SecondPlace {
  readonly endedWell: boolean
  highest(): number
  raise(number: number): void
  end(): void
}

/** A guard makes a number whose bytes were altered show: by a prime above 255, no change of one byte leaves the remainder as it was. */
const guardPrime = 999_983

/**
 * What `openDatabase` must know to open a record store. Of a file of the first version only the sequence number is kept: its records were of
 * another format.
 */
export const recordSchema = {
  synchronous: 'FULL',
  migrations: [
    `CREATE TABLE record (slot TEXT PRIMARY KEY, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE sequence (ceiling INTEGER NOT NULL);
     INSERT INTO sequence VALUES (0)`,
    `DROP TABLE record;
     CREATE TABLE record (
       author TEXT NOT NULL, seq INTEGER NOT NULL, sealed BLOB NOT NULL, heard_at INTEGER NOT NULL, PRIMARY KEY (author, seq)
     );
     CREATE TABLE fleet (id TEXT NOT NULL);
     CREATE TABLE mark (author TEXT PRIMARY KEY, mark INTEGER NOT NULL)`,
    `DROP TABLE mark;
     CREATE TABLE mark (
       author TEXT PRIMARY KEY, mark INTEGER NOT NULL, guard INTEGER NOT NULL CHECK (guard = mark % ${guardPrime})
     );
     ALTER TABLE sequence RENAME TO old_sequence;
     CREATE TABLE sequence (ceiling INTEGER NOT NULL, guard INTEGER NOT NULL CHECK (guard = ceiling % ${guardPrime}));
     INSERT INTO sequence SELECT max(ceiling), max(ceiling) % ${guardPrime} FROM old_sequence HAVING count(*) > 0;
     DROP TABLE old_sequence`,
  ],
  /** Every page, every guard, every index against its table, and whether the tables are those that are expected. */
  check(database: Pick<RecordDatabase, 'prepare'>): void {
    const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    if (found !== 'ok') throw new Error(String(found))
    for (const sql of Object.values(statements)) database.prepare(sql)
    if (database.prepare(statements.ceiling).get() === undefined) throw new Error('the sequence number is missing')
  },
} as const

const statements = {
  fleet: 'SELECT id FROM fleet',
  records: 'SELECT author, seq, sealed, heard_at AS heardAtWallMs FROM record ORDER BY author, seq',
  marks: 'SELECT author, mark FROM mark',
  ceiling: 'SELECT ceiling FROM sequence',
  drop: 'DELETE FROM record WHERE author = ? AND seq = ?',
  put: 'INSERT OR REPLACE INTO record (author, seq, sealed, heard_at) VALUES (?, ?, ?, ?)',
  mark: `INSERT OR REPLACE INTO mark (author, mark, guard) VALUES (?1, ?2, ?2 % ${guardPrime})`,
  reserve: `UPDATE sequence SET ceiling = ?1, guard = ?1 % ${guardPrime}`,
} as const

/**
 * Storage in a SQLite database that was opened with `recordSchema`.
 * @param options.fleet whose records these are; of a database that held those of another, only the sequence number is kept
 */
export function sqliteStorage(
  database: RecordDatabase,
  options: { readonly fleet: string; readonly secondPlace: SecondPlace },
): ReplicaStorage {
  belongTo(database, options.fleet)
  return new SqliteStorage(database, options.secondPlace)
}

class SqliteStorage implements ReplicaStorage {
  readonly damaged: string | undefined
  readonly intact: boolean
  readonly #db: RecordDatabase
  readonly #secondPlace: SecondPlace
  #reserved: number

  constructor(db: RecordDatabase, secondPlace: SecondPlace) {
    this.#db = db
    this.#secondPlace = secondPlace
    this.damaged = db.damaged
    const ceiling = Number(db.prepare(statements.ceiling).get()?.['ceiling'])
    this.#reserved = Math.max(ceiling, secondPlace.highest())
    this.intact = db.damaged === undefined && secondPlace.endedWell && ceiling === secondPlace.highest()
  }

  load(): { records: readonly StoredRecord[]; marks: ReadonlyMap<string, number> } {
    const records = this.#db.prepare(statements.records).all()
    const marks = this.#db.prepare(statements.marks).all()
    return {
      records: records as unknown as StoredRecord[],
      marks: new Map(marks.map(({ author, mark }) => [String(author), Number(mark)])),
    }
  }

  save({ put, remove, marks }: StorageChange): void {
    this.#db.write(() => {
      const drop = this.#db.prepare(statements.drop)
      for (const { author, seq } of remove) drop.run(author, seq)
      const insert = this.#db.prepare(statements.put)
      for (const { author, seq, sealed, heardAtWallMs } of put)
        insert.run(author, seq, sealed, Math.round(heardAtWallMs))
      const setMark = this.#db.prepare(statements.mark)
      for (const [author, mark] of marks) setMark.run(author, mark)
    })
  }

  reservedSeq(): number {
    return this.#reserved
  }

  reserveSeq(ceiling: number): void {
    if (ceiling <= this.#reserved) return
    const places = [
      () => this.#secondPlace.raise(ceiling),
      () => this.#db.write(() => this.#db.prepare(statements.reserve).run(ceiling)),
    ]
    // Either is enough, and the second place takes no room: numbers can be reserved while the disk is full.
    const failures = places.flatMap((write) => failureOf(write))
    if (failures.length === places.length) throw failures[0]
    this.#reserved = ceiling
  }

  close(): void {
    this.#db.close()
    this.#secondPlace.end()
  }
}

function failureOf(work: () => void): unknown[] {
  try {
    work()
    return []
  } catch (error) {
    return [error]
  }
}

/** Forgets the records of any other fleet. */
function belongTo(database: RecordDatabase, fleet: string): void {
  const held = database.prepare(statements.fleet).get()?.['id']
  if (held === fleet) return
  database.write(() => {
    for (const table of ['record', 'mark', 'fleet']) database.prepare(`DELETE FROM ${table}`).run()
    database.prepare('INSERT INTO fleet VALUES (?)').run(fleet)
  })
}
