import type { PeerIdText } from '@wrale/protocol'
import type { Contact } from '../../types.ts'

/** A member is out of contact when nothing was heard of it for longer than this, at least, ms. */
const leastSilenceMs = 30_000
/** Statuses are written at an interval that grows with the fleet: so many ms a member, at most `mostIntervalMs`. */
const intervalPerMemberMs = 1500
const mostIntervalMs = 600_000
/** What was under way when a link broke may still arrive, ms. */
const underWayMs = 1500

export interface SurveyQuestion {
  readonly nowMs: number
  /** Since when this member could hear. */
  readonly sinceMs: number
  readonly isLinked: (peer: PeerIdText) => boolean
  /** When the link to it was lost, of those to which there was one. */
  readonly lostAtMs: (peer: PeerIdText) => number | undefined
  /** How many others are looked for. */
  readonly wanted: number
  readonly random: () => number
}

export interface Survey {
  /** Members that the records name, this one left out. */
  readonly members: number
  readonly revoked: ReadonlySet<PeerIdText>
  /** Not linked, in contact through others, drawn by lot. */
  readonly sample: Contact[]
  /** Not linked, and nothing is heard of them: of these, too, only some. */
  readonly strays: Contact[]
  /** Not linked, but heard of. */
  readonly inContact: ReadonlySet<PeerIdText>
}

/** Most members out of contact that are looked after at once. */
const maxStrays = 32

/** Goes through all members once. */
export function survey(contacts: Iterable<Contact>, question: SurveyQuestion): Survey {
  const { nowMs, sinceMs, isLinked, lostAtMs, wanted, random } = question
  const unlinked: Contact[] = []
  const revoked = new Set<PeerIdText>()
  let members = 0
  for (const contact of contacts) {
    if (contact.revoked) {
      revoked.add(contact.id)
      continue
    }
    members++
    if (!isLinked(contact.id)) unlinked.push(contact)
  }
  const silenceMs = Math.max(leastSilenceMs, 2.5 * Math.min(mostIntervalMs, intervalPerMemberMs * members))
  const inContact = new Set<PeerIdText>()
  const strays: Contact[] = []
  const sample: Contact[] = []
  for (const contact of unlinked) {
    const heardAtMs = Math.max(contact.heardAtMs ?? -Infinity, sinceMs)
    const lostMs = lostAtMs(contact.id)
    const heard = heardAtMs > nowMs - silenceMs && (lostMs === undefined || heardAtMs > lostMs + underWayMs)
    if (heard) inContact.add(contact.id)
    if (contact.addresses.length === 0) continue
    if (heard) draw(sample, contact, { size: wanted, seen: inContact.size, random })
    else draw(strays, contact, { size: maxStrays, seen: strays.length + 1, random })
  }
  return { members, revoked, sample, strays, inContact }
}

/** Reservoir sampling: each of those seen has the same chance to be in the sample. */
function draw<T>(
  sample: T[],
  item: T,
  of: { readonly size: number; readonly seen: number; readonly random: () => number },
): void {
  if (sample.length < of.size) {
    sample.push(item)
    return
  }
  const place = Math.floor(of.random() * of.seen)
  if (place < of.size) sample[place] = item
}
