import { type MetricName, metricNames, type PeerIdText, type Readings } from '@wrale/protocol'
import type { Database } from '../../store/database.ts'

/** What one status said, at the station's wall clock, ms since the Unix epoch. */
export interface Sample {
  readonly node: PeerIdText
  readonly atMs: number
  readonly readings: Readings
}

/** Sum and number of the values of each metric in one step of time. */
export interface StepTotals {
  /** Start of the step, ms since the Unix epoch, a whole multiple of the step. */
  readonly startMs: number
  readonly totals: ReadonlyMap<MetricName, { readonly sum: number; readonly count: number }>
}

export interface RetentionLimits {
  readonly keepMs: number
  readonly maxRows: number
}

/** Samples on disk: a row per status, a column per metric of the catalogue; what a board does not have is NULL and costs a byte. */
export class SampleStore {
  readonly #database: Database
  readonly #numbers = new Map<PeerIdText, number>()

  constructor(database: Database) {
    this.#database = database
    this.#addMissingColumns()
  }

  write(samples: readonly Sample[]): void {
    const columns = metricNames.map(quoted).join(', ')
    const places = metricNames.map(() => '?').join(', ')
    const insert = this.#database.prepare(
      `INSERT OR REPLACE INTO sample (node, at, ${columns}) VALUES (?, ?, ${places})`,
    )
    try {
      this.#database.write(() => {
        for (const { node, atMs, readings } of samples) {
          const values = metricNames.map((name) => readings[name] ?? null)
          insert.run(this.#numberOf(node), Math.round(atMs), ...values)
        }
      })
    } catch (error) {
      // Numbers given out in a transaction that was taken back are not in the store.
      this.#numbers.clear()
      throw error
    }
  }

  /** Totals of every step in [fromMs, toMs] that has samples, in order of time. */
  totals(node: PeerIdText, fromMs: number, toMs: number, stepMs: number): StepTotals[] {
    const sums = metricNames.map(
      (name, index) => `sum(${quoted(name)}) AS s${index}, count(${quoted(name)}) AS c${index}`,
    )
    const rows = this.#database
      .prepare(
        `SELECT (at / :step) * :step AS start, ${sums.join(', ')} FROM sample
         WHERE node = :node AND at BETWEEN :from AND :to GROUP BY start ORDER BY start`,
      )
      .all({ step: stepMs, node: this.#numberOf(node), from: fromMs, to: toMs })
    return rows.map((row) => ({
      startMs: Number(row['start']),
      totals: new Map(
        metricNames.flatMap((name, index) => {
          const count = Number(row[`c${index}`])
          return count === 0 ? [] : [[name, { sum: Number(row[`s${index}`]), count }] as const]
        }),
      ),
    }))
  }

  /** Deletes what is older than the limits allow; each node may keep the same share of the rows. @returns rows deleted */
  prune({ keepMs, maxRows }: RetentionLimits, nowMs: number): number {
    const nodes = this.#database.prepare('SELECT number FROM history_node').all()
    if (nodes.length === 0) return 0
    const share = Math.max(1, Math.floor(maxRows / nodes.length))
    const oldestOfShare = this.#database.prepare(
      'SELECT at FROM sample WHERE node = ? ORDER BY at DESC LIMIT 1 OFFSET ?',
    )
    const remove = this.#database.prepare('DELETE FROM sample WHERE node = ? AND at < ?')
    return this.#database.write(() => {
      let removed = 0
      for (const { number } of nodes) {
        const oldest = Number(oldestOfShare.get(Number(number), share - 1)?.['at'] ?? 0)
        removed += Number(remove.run(Number(number), Math.max(Math.round(nowMs - keepMs), oldest)).changes)
      }
      return removed
    })
  }

  #numberOf(node: PeerIdText): number {
    const known = this.#numbers.get(node)
    if (known !== undefined) return known
    this.#database.prepare('INSERT OR IGNORE INTO history_node (id) VALUES (?)').run(node)
    const number = Number(this.#database.prepare('SELECT number FROM history_node WHERE id = ?').get(node)?.['number'])
    this.#numbers.set(node, number)
    return number
  }

  #addMissingColumns(): void {
    const present = new Set(
      this.#database
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all('sample')
        .map((row) => row['name']),
    )
    for (const name of metricNames) {
      if (!present.has(name)) this.#database.exec(`ALTER TABLE sample ADD COLUMN ${quoted(name)} REAL`)
    }
  }
}

/** Metric names are identifiers of ours, never input; the quotes are for those that SQL may come to reserve. */
function quoted(name: MetricName): string {
  return `"${name}"`
}
