import type { Clock } from '@wrale/kernel'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { MemberDirectory, Replica } from '@wrale/replica'

/** Another member as this one knows it from what was replicated, linked or not. */
export interface KnownMember {
  readonly id: PeerIdText
  readonly name: string
  readonly role: MemberRole
  /** How long ago it was last heard, in ms, however that came here; null when nothing of it is held. */
  readonly heardMsAgo: number | null
}

export interface KnownMembersDeps {
  readonly self: PeerIdText
  readonly members: Pick<MemberDirectory, 'list'>
  readonly replica: Pick<Replica, 'heardAtMs'>
  readonly clock: Clock
}

/** Every other member that is known, by name. */
export function knownMembers({ self, members, replica, clock }: KnownMembersDeps): readonly KnownMember[] {
  const nowMs = clock.monotonicMs()
  return members
    .list()
    .filter(({ subject }) => subject !== self)
    .map(({ subject, name, role }) => {
      const heardAtMs = replica.heardAtMs(subject)
      return {
        id: subject,
        name,
        role,
        heardMsAgo: heardAtMs === undefined ? null : Math.max(0, Math.round(nowMs - heardAtMs)),
      }
    })
    .toSorted((a, b) => a.name.localeCompare(b.name))
}
