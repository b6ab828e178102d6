import { Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import classes from './notes.module.css'

interface EditableProps {
  readonly title: string
  /** The button that begins: its word, and what those hear who listen. */
  readonly word: string
  readonly label: string
  /** Called before the fields appear: they start from what is said now. */
  readonly begin: () => void
  readonly fields: ReactNode
  readonly save: () => void
  /** What is said now. */
  readonly children: ReactNode
}

/** Something that is said of the node, and in its place a form to say it; Esc leaves it as it was. */
export function Editable({ title, word, label, begin, fields, save, children }: EditableProps) {
  const [editing, setEditing] = useState(false)
  const close = (): void => setEditing(false)
  return (
    <div className={classes.part}>
      <div className={classes.head}>
        <h2>{title}</h2>
        {!editing && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            aria-label={label}
            onClick={() => {
              begin()
              setEditing(true)
            }}
          >
            {word}
          </Button>
        )}
      </div>
      {editing ? (
        <form
          aria-label={title}
          onSubmit={(event) => {
            event.preventDefault()
            save()
            close()
          }}
        >
          {/* Nothing by itself: it takes the Esc of whatever is in it. */}
          <div
            role="presentation"
            className={classes.form}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.preventDefault()
              event.stopPropagation()
              close()
            }}
          >
            {fields}
            <div className={classes.buttons}>
              <Button size="xs" variant="default" onClick={close}>
                Cancel
              </Button>
              <Button size="xs" type="submit">
                Save
              </Button>
            </div>
          </div>
        </form>
      ) : (
        children
      )}
    </div>
  )
}
