import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'

/** A connection younger than this is not taken for dead because its peer opens another, ms. */
const youngMs = 10_000

export interface Encounter {
  readonly self: PeerIdText
  /** Who dialled this member. */
  readonly remote: PeerIdText
  /** The link to it that there is. */
  readonly known: { readonly outbound: boolean; readonly sinceMs: number } | undefined
  /** Whether this member is dialling it. */
  readonly dialling: boolean
  readonly nowMs: number
}

/**
 * When both sides dial at once, the connection that the lower id dialled stays. But a peer that dials while an old connection seems to stand
 * has lost it, by a crash for example.
 * @returns whether the peer's connection is to be refused with CONFLICT
 */
export function prefersOwn({ self, remote, known, dialling, nowMs }: Encounter): boolean {
  if (self > remote) return false
  return dialling || (known?.outbound === true && nowMs - known.sinceMs < youngMs)
}

export function conflict(): FleetError {
  return new FleetError('CONFLICT', 'another connection between the two is in use')
}
