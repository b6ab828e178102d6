import { Button, Textarea } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { useFocus } from '../../ui/use-focus.ts'
import classes from './notes.module.css'

interface NoteEditorProps {
  readonly note: string | null
  readonly change: (change: NotesChange) => void
}

const maxNote = 4000

/** Plain text for whoever comes next. */
export function NoteEditor({ note, change }: NoteEditorProps) {
  const [text, setText] = useState<string>()
  const save = (): void => {
    const next = text === undefined || text.trim() === '' ? null : text
    if (next !== note) change({ note: next })
    setText(undefined)
  }
  return (
    <div className={classes.part}>
      <div className={classes.head}>
        <h2>Note</h2>
        {text === undefined && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            aria-label={note === null ? 'Write a note' : 'Change the note'}
            onClick={() => setText(note ?? '')}
          >
            {note === null ? 'Write' : 'Change'}
          </Button>
        )}
      </div>
      {text === undefined ? (
        <p data-testid="note" className={note === null ? classes.faint : classes.note}>
          {note ?? 'No note'}
        </p>
      ) : (
        <NoteForm text={text} setText={setText} save={save} />
      )}
    </div>
  )
}

interface NoteFormProps {
  readonly text: string
  /** Undefined: not any more. */
  readonly setText: (text: string | undefined) => void
  readonly save: () => void
}

function NoteForm({ text, setText, save }: NoteFormProps) {
  const field = useFocus<HTMLTextAreaElement>()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Textarea
        aria-label="Note"
        description="Ctrl Enter saves, Esc leaves it as it was"
        minRows={4}
        rows={4}
        maxLength={maxNote}
        ref={field}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
          else if (event.key === 'Escape') setText(undefined)
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      <div className={classes.buttons}>
        <Button size="xs" variant="default" onClick={() => setText(undefined)}>
          Cancel
        </Button>
        <Button size="xs" type="submit">
          Save
        </Button>
      </div>
    </form>
  )
}
