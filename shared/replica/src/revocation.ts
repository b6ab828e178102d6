import { keptMarksIn, memberFields } from '@wrale/protocol/membership'
import type { IntentRecord } from './intents.ts'

/** What the fleet said about putting a member out. */
export interface Revocation {
  /** Number of the last record that is taken of it. */
  readonly lastSeq: number
  /** If it signed certificates: marks of those whose stay. */
  readonly kept: ReadonlySet<string>
}

/**
 * The revocation that follows from all operations on a member's object: of several the strictest, and nothing takes one back. So it does
 * not matter in which order they came. Whoever is kept by one of them is kept.
 */
export function revocationFrom(operations: readonly IntentRecord[]): Revocation | undefined {
  const numbers = operations.flatMap(({ body }) => {
    const value = body.set[memberFields.revokedAfter]
    return typeof value === 'number' ? [value] : []
  })
  if (numbers.length === 0) return undefined
  return { lastSeq: Math.min(...numbers), kept: new Set(operations.flatMap(({ body }) => keptMarksIn(body.set))) }
}
