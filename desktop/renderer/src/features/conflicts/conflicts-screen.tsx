import type { Conflict } from '@wrale/protocol/api'
import { useState } from 'react'
import { useConflicts, useServices } from '../../app/hooks.ts'
import { conflictKey, conflictsSentence } from '../../model/conflicts.ts'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EventsNav } from '../events/events-screen.tsx'
import { ConflictCard } from './conflict-card.tsx'
import classes from './conflicts.module.css'

/** Fields that stations set without knowing of each other: somebody has to say what is right. */
export function ConflictsScreen() {
  const { attention } = useServices()
  const conflicts = useConflicts()
  // What was decided here stays on the screen with its outcome, in its place.
  const [settled, setSettled] = useState<readonly Conflict[]>([])
  if (conflicts === undefined) {
    return (
      <Page title="Conflicts">
        <EventsNav />
        <Skeleton lines={4} label="Loading the conflicts" />
      </Page>
    )
  }
  const open = new Set(conflicts.map(conflictKey))
  const decided = settled.filter((conflict) => !open.has(conflictKey(conflict)))
  const shown = [...conflicts, ...decided]
  return (
    <Page title="Conflicts">
      <EventsNav />
      <Opening
        sentence={conflictsSentence(conflicts)}
        note={
          conflicts.length === 0
            ? 'When two stations that do not reach each other change the same field, the later word holds, and both are kept here until somebody decides.'
            : 'They did not reach each other when they changed it. The later word holds until somebody decides; nothing is lost.'
        }
      />
      <ul className={classes.conflicts}>
        {shown.map((conflict) => (
          <ConflictCard
            key={conflictKey(conflict)}
            conflict={conflict}
            onSettled={() => {
              setSettled((before) => [...before, conflict])
              void attention.getState().lookForConflicts(new AbortController().signal)
            }}
          />
        ))}
      </ul>
    </Page>
  )
}
