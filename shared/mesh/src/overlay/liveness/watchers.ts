import type { MemberRole, PeerIdText } from '@wrale/protocol'

export interface Watchable {
  readonly id: PeerIdText
  readonly role: MemberRole
}

/**
 * Those of the linked members that are to notice soon when this one is gone: stations first, for people look at them, then by rendezvous
 * hashing (Thaler, Ravishankar, 1998), so that a choice changes only when it must.
 */
export function chooseWatchers(self: PeerIdText, links: readonly Watchable[], count: number): ReadonlySet<PeerIdText> {
  const ranked = links
    .map(({ id, role }) => ({ id, station: role === 'station' ? 1 : 0, weight: hash(self, id) }))
    .toSorted((a, b) => b.station - a.station || b.weight - a.weight)
  return new Set(ranked.slice(0, count).map(({ id }) => id))
}

/** FNV-1a of both ids: evenly spread, and nobody gains by choosing an id for it. */
function hash(self: PeerIdText, peer: PeerIdText): number {
  let value = 0x811c9dc5
  for (const text of [self, peer])
    for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  // FNV leaves the high bits poorly mixed when only the end differs.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}
