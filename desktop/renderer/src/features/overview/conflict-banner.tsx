import { IconChevronRight, IconGitMerge } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useConflicts } from '../../app/hooks.ts'
import { conflictsSentence } from '../../model/conflicts.ts'
import classes from './overview.module.css'

/** Says that stations disagree about something, as long as nobody decided. */
export function ConflictBanner() {
  const conflicts = useConflicts()
  if (conflicts === undefined || conflicts.length === 0) return null
  return (
    <Link href="/conflicts" className={classes.conflicts} data-testid="conflict-banner">
      <IconGitMerge size={18} stroke={1.75} aria-hidden="true" />
      <span>{conflictsSentence(conflicts)}</span>
      <span className={classes.open}>
        Decide
        <IconChevronRight size={16} aria-hidden="true" />
      </span>
    </Link>
  )
}
