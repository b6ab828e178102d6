import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Digest } from '@wrale/protocol/wire'
import { type AnyEntry, AuthorLog } from './author-log.ts'
import type { IntentRecord } from './intents.ts'
import { objectKey, type Retention } from './kept.ts'
import { inventoriesFirst } from './loading.ts'

export interface AuthorLogsOptions {
  readonly maxAuthors: number
  readonly retention: Retention
}

/** Most authors without a log of whom it is remembered what was deferred. */
const maxWithheld = 1024

/** What this member holds, author by author, and how that compares with what another member holds. */
export class AuthorLogs {
  readonly #cutOffAt: (author: PeerIdText) => number | undefined
  readonly #options: AuthorLogsOptions
  readonly #logs = new Map<PeerIdText, AuthorLog>()
  /** Lowest number that was deferred of authors of whom nothing is held, and when. */
  readonly #withheld = new Map<PeerIdText, { readonly seq: number; readonly atMs: number }>()
  #digest: Digest | undefined

  /** @param cutOffAt the number above which nothing of an author counts, if it was put out */
  constructor(cutOffAt: (author: PeerIdText) => number | undefined, options: AuthorLogsOptions) {
    this.#cutOffAt = cutOffAt
    this.#options = options
  }

  get(author: PeerIdText): AuthorLog | undefined {
    return this.#logs.get(author)
  }

  entries(): IterableIterator<[PeerIdText, AuthorLog]> {
    return this.#logs.entries()
  }

  /** The log of an author, begun if there is none. @throws FleetError RATE_LIMITED when there are too many */
  of(author: PeerIdText): AuthorLog {
    const known = this.#logs.get(author)
    if (known !== undefined) return known
    if (this.#logs.size >= this.#options.maxAuthors) {
      throw new FleetError('RATE_LIMITED', `records of ${this.#options.maxAuthors} authors are held already`)
    }
    const log = new AuthorLog(this.#options.retention, () => (this.#digest = undefined))
    const lastSeq = this.#cutOffAt(author)
    if (lastSeq !== undefined) log.cutOff(lastSeq)
    const withheld = this.#withheld.get(author)
    if (withheld !== undefined) log.withhold(withheld.seq, withheld.atMs)
    this.#withheld.delete(author)
    this.#logs.set(author, log)
    return log
  }

  /** A record that could not be taken now: its author is not complete from it on until it is. */
  withhold({ author, seq }: { readonly author: PeerIdText; readonly seq: number }, nowMs: number): void {
    const log = this.#logs.get(author)
    if (log !== undefined) return log.withhold(seq, nowMs)
    const before = this.#withheld.get(author)
    this.#withheld.delete(author)
    this.#withheld.set(author, { seq: Math.min(seq, before?.seq ?? seq), atMs: nowMs })
    const [oldest] = this.#withheld.keys()
    if (oldest !== undefined && this.#withheld.size > maxWithheld) this.#withheld.delete(oldest)
  }

  /** Author to the number up to which everything valid of it is held. The same object as long as nothing changes. */
  digest(): Digest {
    this.#digest ??= Object.fromEntries(
      [...this.#logs].flatMap(([author, log]) => (log.mark > 0 ? [[author, log.mark]] : [])),
    )
    return this.#digest
  }

  /** Whether something is known to be missing: a record is held whose forerunner is not. */
  get incomplete(): boolean {
    for (const log of this.#logs.values()) if (log.newest > log.mark) return true
    return false
  }

  /** What a member with that digest lacks, inventories first, then the oldest; and what is complete once it has taken that. */
  missingFrom(have: Digest, concerns: (author: string) => boolean): { entries: AnyEntry[]; marks: Digest } {
    const entries: AnyEntry[] = []
    const marks: Record<string, number> = {}
    for (const [author, log] of this.#logs) {
      if (!concerns(author)) continue
      const had = Object.hasOwn(have, author) ? (have[author] ?? 0) : 0
      if (log.mark > had) marks[author] = log.mark
      if (log.newest > had) entries.push(...log.entries().filter(({ record }) => record.seq > had))
    }
    return { entries: entries.toSorted(inventoriesFirst), marks }
  }

  operationsOn(object: { readonly type: string; readonly id: string }): IntentRecord[] {
    const key = objectKey(object)
    const records: IntentRecord[] = []
    for (const log of this.#logs.values()) {
      for (const { record } of log.operationsOn(key)) if (record.kind === 'intent') records.push(record)
    }
    return records
  }
}
