import type { RecordKind } from '@wrale/protocol/records'
import type { ReceiveVerdict, ReplicaPort } from '@wrale/mesh'

/** Counts by label, from 0. Labels come from closed sets of this software, so that their number stays small. */
export class Counts<K extends string> {
  readonly #counts: Map<K, number>

  constructor(labels: readonly K[] = []) {
    this.#counts = new Map(labels.map((label) => [label, 0]))
  }

  add(label: K): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1)
  }

  entries(): IterableIterator<[K, number]> {
    return this.#counts.entries()
  }
}

/** What the daemon counts from its start on. */
export interface Counters {
  readonly published: Counts<RecordKind>
  readonly received: Counts<ReceiveVerdict>
  readonly incidents: Counts<string>
}

export function newCounters(): Counters {
  return {
    published: new Counts(['status', 'inventory', 'links', 'event']),
    received: new Counts(['new', 'known', 'old', 'deferred', 'rejected']),
    incidents: new Counts(),
  }
}

/** A replica that counts what peers send it. */
export function countReceived(replica: ReplicaPort, counts: Counts<ReceiveVerdict>): ReplicaPort {
  return {
    written: replica.written,
    contacts: () => replica.contacts(),
    incomplete: () => replica.incomplete?.() ?? false,
    digest: () => replica.digest(),
    missingFrom: (have, concerns) => replica.missingFrom(have, concerns),
    vouch: (marks, from) => replica.vouch(marks, from),
    async receive(sealed, source) {
      const verdict = await replica.receive(sealed, source)
      counts.add(verdict)
      return verdict
    },
  }
}
