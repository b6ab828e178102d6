import type { PeerIdText } from '@wrale/protocol'
import type { FieldValue, FleetRecord, Hlc } from '@wrale/protocol/records'

/** One author's word on one field. */
export interface Claim {
  readonly author: PeerIdText
  readonly seq: number
  readonly hlc: Hlc
  readonly value: FieldValue
}

export interface FieldState {
  /** What holds. */
  readonly winner: Claim
  /** What others said without having seen the winner's word nor it theirs: both were meant, and one lost. */
  readonly conflicts: readonly Claim[]
}

export type IntentRecord = FleetRecord & { readonly kind: 'intent' }

/** Later in fleet time wins; between equal stamps the author's id decides, the same way everywhere. */
export function compareClaims(
  a: Pick<Claim, 'hlc' | 'author' | 'seq'>,
  b: Pick<Claim, 'hlc' | 'author' | 'seq'>,
): number {
  if (a.hlc[0] !== b.hlc[0]) return a.hlc[0] - b.hlc[0]
  if (a.hlc[1] !== b.hlc[1]) return a.hlc[1] - b.hlc[1]
  if (a.author !== b.author) return a.author < b.author ? -1 : 1
  return a.seq - b.seq
}

/**
 * The fields of one object from all operations on it: last writer wins, field by field, by hybrid logical clock. A field whose winner is
 * null was removed, and is listed all the same so that a conflict about it shows.
 */
export function mergeIntents(operations: readonly IntentRecord[]): Map<string, FieldState> {
  const claims = new Map<string, Map<PeerIdText, { claim: Claim; record: IntentRecord }>>()
  for (const record of operations) {
    for (const [field, value] of Object.entries(record.body.set)) {
      const byAuthor = claims.get(field) ?? new Map<PeerIdText, { claim: Claim; record: IntentRecord }>()
      claims.set(field, byAuthor)
      const held = byAuthor.get(record.author)
      if (held !== undefined && held.claim.seq >= record.seq) continue
      byAuthor.set(record.author, { claim: { author: record.author, seq: record.seq, hlc: record.hlc, value }, record })
    }
  }
  const merged = new Map<string, FieldState>()
  for (const [field, byAuthor] of claims) {
    const [first, ...rest] = [...byAuthor.values()].toSorted((a, b) => compareClaims(b.claim, a.claim))
    if (first === undefined) continue
    const conflicts = rest.filter((other) => isConflict(first, other)).map(({ claim }) => claim)
    merged.set(field, { winner: first.claim, conflicts })
  }
  return merged
}

interface Said {
  readonly claim: Claim
  readonly record: IntentRecord
}

/** Neither had seen the other, and they differ. */
function isConflict(winner: Said, other: Said): boolean {
  const winnerSaw = (winner.record.body.seen[other.claim.author] ?? 0) >= other.claim.seq
  const otherSaw = (other.record.body.seen[winner.claim.author] ?? 0) >= winner.claim.seq
  return !winnerSaw && !otherSaw && JSON.stringify(winner.claim.value) !== JSON.stringify(other.claim.value)
}

/** Everything that was said of a field and is still kept, the newest first. */
export function historyOf(operations: readonly IntentRecord[], field?: string): readonly IntentRecord[] {
  return operations
    .filter((record) => field === undefined || Object.hasOwn(record.body.set, field))
    .toSorted((a, b) => compareClaims(b, a))
}
