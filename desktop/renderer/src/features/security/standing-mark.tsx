import { IconBan, IconCopyX, IconHourglassEmpty, IconReplace } from '@tabler/icons-react'
import type { MemberView } from '@wrale/protocol/api'
import { standingMeanings, standingOf } from '../../model/members.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './security.module.css'

const icons = { cloned: IconCopyX, expired: IconHourglassEmpty, revoked: IconBan, replaced: IconReplace } as const

/** How a member stands, as mark and word. */
export function StandingMark({ member }: { readonly member: MemberView }) {
  const standing = standingOf(member)
  const Icon = standing === 'active' ? undefined : icons[standing]
  return (
    <span className={classes.standing} data-standing={standing} title={standingMeanings[standing]}>
      {Icon === undefined ? <StateMark state="ok" /> : <Icon size={16} stroke={2} aria-hidden="true" />}
      {standing}
    </span>
  )
}
