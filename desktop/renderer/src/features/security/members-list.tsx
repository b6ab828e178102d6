import { Button } from '@mantine/core'
import type { MemberView } from '@wrale/protocol/api'
import { type CSSProperties, useState } from 'react'
import { standingOf } from '../../model/members.ts'
import { Ago } from '../../ui/ago.tsx'
import { Message } from '../../ui/message.tsx'
import rows from '../../ui/rows.module.css'
import classes from './security.module.css'
import { StandingMark } from './standing-mark.tsx'

interface MembersListProps {
  readonly members: readonly MemberView[]
  /** Member in the panel. */
  readonly open: string | undefined
  readonly toggle: (id: string) => void
}

/** Rows at first; a fleet of a thousand is for the filter. */
const firstRows = 100

const columns = {
  '--columns': '116px minmax(120px, 1fr) 124px 112px minmax(100px, 180px) minmax(100px, 1fr)',
} as CSSProperties

/** One line a member. */
export function MembersList({ members, open, toggle }: MembersListProps) {
  const [whole, setWhole] = useState(false)
  if (members.length === 0) {
    return (
      <Message title="No member fits this filter">
        <p>Esc empties the filter.</p>
      </Message>
    )
  }
  const shown = whole ? members : members.slice(0, firstRows)
  return (
    <>
      <table className={rows.list} style={columns} aria-label="Members">
        <thead className={classes.block}>
          <tr className={rows.head}>
            <th scope="col">State</th>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Last seen</th>
            <th scope="col">Certified by</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody className={classes.block}>
          {shown.map((member) => (
            <tr
              key={member.id}
              className={rows.row}
              data-clickable
              data-open={open === member.id || undefined}
              data-testid="member-row"
              data-name={member.name}
              data-standing={standingOf(member)}
              data-quiet={!['active', 'cloned', 'expired'].includes(standingOf(member)) || undefined}
            >
              <td>
                <StandingMark member={member} />
              </td>
              <td className={rows.first}>
                <button
                  type="button"
                  className={rows.main}
                  aria-expanded={open === member.id}
                  onClick={() => toggle(member.id)}
                >
                  {member.name}
                </button>
              </td>
              <td className={rows.faint}>
                {member.role}
                {member.admin && member.role === 'station' && ', admin'}
              </td>
              <td className={rows.faint} data-label="seen">
                {member.self ? 'this station' : <Ago at={member.lastSeen} />}
              </td>
              <td className={rows.faint} data-label="by">
                {member.issuedBy?.name ?? 'the root key'}
              </td>
              <td className={`${rows.faint} ${rows.clip}`}>{aboutOf(member)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {members.length > shown.length && (
        <Button variant="subtle" onClick={() => setWhole(true)}>
          Show all {members.length}
        </Button>
      )}
    </>
  )
}

function aboutOf({ clonedAt, state, reason, replacedBy, revokedBy }: MemberView): string {
  if (state === 'revoked') return reason ?? (revokedBy === null ? '' : `by ${revokedBy.name}`)
  if (state === 'replaced') return replacedBy === null ? '' : `by ${replacedBy.name}`
  return clonedAt.length > 0 ? `answers at ${clonedAt.length} places` : ''
}
