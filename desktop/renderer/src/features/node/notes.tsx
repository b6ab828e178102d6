import { ActionIcon, Tooltip } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { Node as FleetNode, NodeNotes } from '@wrale/protocol/api'
import { useState } from 'react'
import { Link } from 'wouter'
import { HistoryDialog } from './history-dialog.tsx'
import { LabelEditor } from './label-editor.tsx'
import classes from './notes.module.css'
import { NoteEditor } from './note-editor.tsx'
import { PlaceEditor } from './place-editor.tsx'
import { useNotes } from './use-notes.ts'

interface NotesProps {
  readonly node: FleetNode
  readonly loaded: NodeNotes
  readonly reload: () => void
}

/** What operators say of the node: labels, place, note, groups. */
export function Notes({ node, loaded, reload }: NotesProps) {
  const { notes, change } = useNotes(node.id, loaded, reload)
  const [history, setHistory] = useState(false)
  return (
    <section className={classes.notes} aria-label="Labels, place and note">
      <div className={classes.head}>
        <h2>Labels</h2>
        <Tooltip label="Who said what, and when">
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label="History of labels, place and note"
            onClick={() => setHistory(true)}
          >
            <IconHistory size={16} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </div>
      <LabelEditor labels={notes.labels} change={change} />
      <PlaceEditor place={notes.place} change={change} />
      <NoteEditor note={notes.note} change={change} />
      <div className={classes.part}>
        <h2>Groups</h2>
        {notes.groups.length === 0 ? (
          <p className={classes.faint}>
            In no <Link href="/groups">group</Link>
          </p>
        ) : (
          <ul className={classes.chips}>
            {notes.groups.map((name) => (
              <li key={name}>
                <Link href={`/groups?group=${encodeURIComponent(name)}`} className={classes.groupChip}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
      {history && <HistoryDialog node={node} change={change} close={() => setHistory(false)} />}
    </section>
  )
}
