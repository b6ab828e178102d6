import { Textarea } from '@mantine/core'
import { useState } from 'react'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { useFocus } from '../../ui/use-focus.ts'
import { Editable } from './editable.tsx'
import classes from './notes.module.css'

interface NoteEditorProps {
  readonly note: string | null
  readonly change: (change: NotesChange) => void
}

const maxNote = 4000

/** Plain text for whoever comes next. */
export function NoteEditor({ note, change }: NoteEditorProps) {
  const [text, setText] = useState('')
  return (
    <Editable
      title="Note"
      word={note === null ? 'Write' : 'Change'}
      label={note === null ? 'Write a note' : 'Change the note'}
      begin={() => setText(note ?? '')}
      fields={<NoteField text={text} setText={setText} />}
      save={() => {
        const next = text.trim() === '' ? null : text
        if (next !== note) change({ note: next })
      }}
    >
      <p data-testid="note" className={note === null ? classes.faint : classes.note}>
        {note ?? 'No note'}
      </p>
    </Editable>
  )
}

function NoteField({ text, setText }: { readonly text: string; readonly setText: (text: string) => void }) {
  const field = useFocus<HTMLTextAreaElement>()
  return (
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
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation()
        event.currentTarget.form?.requestSubmit()
      }}
    />
  )
}
